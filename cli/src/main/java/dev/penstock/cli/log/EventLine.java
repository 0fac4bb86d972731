// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import dev.penstock.metrics.JsonText;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.stream.Collectors;

/** The two looks of a line of the application's log. Immutable. */
final class EventLine {
    private static final int MESSAGE = 4_096;
    private static final int TRACE = 16_384;
    private static final int VALUE = 256;

    private EventLine() {}

    static String json(ILoggingEvent event) {
        var text = new JsonText()
                .object()
                .field("type", "log")
                .field("time", Instant.ofEpochMilli(event.getTimeStamp()).toString())
                .field("level", event.getLevel().toString())
                .field("logger", event.getLoggerName())
                .field("thread", Excerpt.of(event.getThreadName(), VALUE))
                .field("message", message(event));
        fields(text, event);
        trace(event).ifPresent(trace -> text.field("error", trace));
        return text.end() + "\n";
    }

    static String human(ILoggingEvent event, ZoneId zone) {
        var logger = event.getLoggerName();
        var line = AccessLine.clock(Instant.ofEpochMilli(event.getTimeStamp()), zone) + " " + event.getLevel() + " "
                + logger.substring(logger.lastIndexOf('.') + 1) + ": " + Excerpt.visible(message(event)) + "\n";
        return line + trace(event).map(EventLine::indented).orElse("");
    }

    private static void fields(JsonText text, ILoggingEvent event) {
        var pairs = event.getKeyValuePairs();
        if (pairs != null && !pairs.isEmpty()) {
            text.key("fields").object();
            pairs.forEach(pair -> text.field(pair.key, Excerpt.of(String.valueOf(pair.value), VALUE)));
            text.end();
        }
    }

    private static String message(ILoggingEvent event) {
        return Excerpt.of(Optional.ofNullable(event.getFormattedMessage()).orElse(""), MESSAGE);
    }

    private static Optional<String> trace(ILoggingEvent event) {
        IThrowableProxy thrown = event.getThrowableProxy();
        return thrown == null ? Optional.empty() : Optional.of(Excerpt.of(ThrowableProxyUtil.asString(thrown), TRACE));
    }

    /** Each line made harmless by itself, since the line ends of a stack trace are ours. */
    private static String indented(String trace) {
        return trace.lines()
                .map(line -> "    " + Excerpt.visible(line.replace("\t", "    ")) + "\n")
                .collect(Collectors.joining());
    }
}
