// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.util.ReentryGuard;
import ch.qos.logback.core.util.ReentryGuardFactory;
import java.util.function.Consumer;
import java.util.function.Function;

/** From logback to a line: formats in the thread that logs, and hands over. Thread-safe: it has no state of its own. */
final class LineAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private final Function<ILoggingEvent, String> look;
    private final Consumer<String> lines;

    LineAppender(LoggerContext context, Function<ILoggingEvent, String> look, Consumer<String> lines) {
        this.look = look;
        this.lines = lines;
        setContext(context);
        setName("lines");
    }

    @Override
    protected void append(ILoggingEvent event) {
        lines.accept(look.apply(event));
    }

    /** Ours cannot log, so it needs no guard, which would be a thread-local for each stream's thread. */
    @Override
    protected ReentryGuard buildReentryGuard() {
        return ReentryGuardFactory.makeGuard(ReentryGuardFactory.GuardType.NOP);
    }
}
