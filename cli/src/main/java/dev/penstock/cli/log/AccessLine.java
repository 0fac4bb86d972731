// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.log;

import dev.penstock.exchange.AccessEntry;
import dev.penstock.metrics.JsonText;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The two looks of an access line. Names are cut to {@value #NAME} characters, a path loses its query, where keys are
 * kept by some clients, and what was never determined is left out. Immutable.
 */
final class AccessLine {
    private static final int NAME = 128;
    private static final int PATH = 256;
    private static final int EXTRAS = 32;
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);

    private AccessLine() {}

    static String json(AccessEntry entry) {
        var text = new JsonText()
                .object()
                .field("type", "access")
                .field("time", entry.time().toString());
        name(text, "id", entry.id());
        name(text, "request_id", entry.requestId());
        name(text, "traceparent", entry.traceparent().orElse(""));
        name(text, "consumer", entry.consumer());
        name(text, "peer", entry.peer());
        name(text, "method", entry.method());
        name(text, "path", path(entry));
        name(text, "dialect", entry.dialect());
        name(text, "route", entry.route());
        name(text, "model_asked", entry.modelAsked());
        name(text, "model_served", entry.modelServed());
        name(text, "cluster", entry.cluster());
        name(text, "instance", entry.instance());
        text.field("attempts", entry.attempts()).field("status", entry.status());
        name(text, "outcome", entry.outcome());
        name(text, "reason", entry.reason().orElse(""));
        name(text, "phase", entry.phase());
        name(text, "ended_by", entry.endedBy());
        numbers(text, entry);
        return text.end() + "\n";
    }

    private static void numbers(JsonText text, AccessEntry entry) {
        text.field("bytes_in", entry.bytesIn())
                .field("bytes_out", entry.bytesOut())
                .field("events", entry.events());
        text.key("tokens").object();
        entry.tokens().forEach((type, n) -> text.field(Excerpt.of(type, NAME), n));
        text.end().key("ms").object();
        entry.millis().forEach((name, ms) -> text.field(Excerpt.of(name, NAME), rounded(ms)));
        text.end();
        if (!entry.extra().isEmpty()) {
            text.key("extra").object();
            entry.extra().entrySet().stream()
                    .limit(EXTRAS)
                    .forEach(e -> text.field(Excerpt.of(e.getKey(), NAME), Excerpt.of(e.getValue(), NAME)));
            text.end();
        }
    }

    /** Such as {@code 12:01:02.345 completed 200 POST /v1/chat/completions small -> a-1 chat/a 42 events 1.23s 3f9c}. */
    static String human(AccessEntry entry, ZoneId zone) {
        var parts = new ArrayList<String>();
        parts.add(clock(entry.time(), zone));
        parts.add(entry.reason().map(reason -> "refused " + reason).orElse(entry.outcome()));
        parts.add(Integer.toString(entry.status()));
        parts.add(entry.method());
        parts.add(path(entry));
        parts.add(models(entry));
        parts.add(entry.instance().isEmpty() ? "" : entry.cluster() + "/" + entry.instance());
        parts.add(entry.events() == 0 ? "" : entry.events() + " events");
        parts.add(seconds("first token ", entry.millis(), "first_token"));
        parts.add(seconds("", entry.millis(), "total"));
        parts.add(entry.id());
        return join(parts) + "\n";
    }

    static String clock(Instant time, ZoneId zone) {
        return CLOCK.format(time.atZone(zone));
    }

    private static String models(AccessEntry entry) {
        var served = entry.modelServed();
        return served.isEmpty() || served.equals(entry.modelAsked())
                ? entry.modelAsked()
                : entry.modelAsked() + " -> " + served;
    }

    private static String seconds(String what, Map<String, Double> millis, String name) {
        var ms = millis.get(name);
        return ms == null ? "" : String.format(Locale.ROOT, "%s%.3fs", what, ms / 1000);
    }

    private static String join(List<String> parts) {
        return parts.stream()
                .filter(part -> !part.isEmpty())
                .map(part -> Excerpt.visible(Excerpt.of(part, PATH)))
                .reduce((a, b) -> a + " " + b)
                .orElse("");
    }

    private static String path(AccessEntry entry) {
        var query = entry.path().indexOf('?');
        return Excerpt.of(query < 0 ? entry.path() : entry.path().substring(0, query), PATH);
    }

    private static double rounded(double ms) {
        return Math.round(ms * 1000) / 1000.0;
    }

    private static void name(JsonText text, String key, String value) {
        if (!value.isEmpty()) {
            text.field(key, Excerpt.of(value, key.equals("path") ? PATH : NAME));
        }
    }
}
