// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What an observer adds at the end of a stream: events before the terminal one, trailers after the body, fields in the
 * access log.
 *
 * <p>Results of several observers are joined in the order of the chain. A trailer reaches only clients that accept
 * trailers; if two observers set the same one, the later wins. Log fields appear under the name of the chain entry, so
 * they cannot collide.
 *
 * <pre>{@code
 * return LastResult.none()
 *         .withEvent(StreamEvent.of("usage", json))
 *         .withTrailer("x-cost", "0.0042")
 *         .withLogField("cost_usd", 0.0042);
 * }</pre>
 *
 * <p>Immutable.
 */
public final class LastResult {

    private static final int MOST = 64;
    private static final int LONGEST = 4096;
    private static final Pattern FIELD = Pattern.compile("[a-z][a-z0-9_]{0,63}");
    private static final LastResult NONE = new LastResult(List.of(), Map.of(), Map.of());

    private final List<StreamEvent> events;
    private final Map<String, String> trailers;
    private final Map<String, Object> logFields;

    private LastResult(List<StreamEvent> events, Map<String, String> trailers, Map<String, Object> logFields) {
        if (events.size() > MOST || trailers.size() > MOST || logFields.size() > MOST) {
            throw new IllegalArgumentException("at most " + MOST + " events, trailers and log fields each");
        }
        this.events = events;
        this.trailers = trailers;
        this.logFields = logFields;
    }

    /** Adds nothing. */
    public static LastResult none() {
        return NONE;
    }

    /** One more event for the client, before the terminal one. Observers are not shown it. */
    public LastResult withEvent(StreamEvent event) {
        List<StreamEvent> more = new ArrayList<>(events);
        more.add(Objects.requireNonNull(event, "event"));
        return new LastResult(List.copyOf(more), trailers, logFields);
    }

    /**
     * A response trailer.
     *
     * @throws IllegalArgumentException for a name or value that is not valid, or that only core may set, and for more
     *     than 64 of them
     */
    public LastResult withTrailer(String name, String value) {
        return new LastResult(
                events, and(trailers, HttpRules.headerName(name), HttpRules.headerValue(value)), logFields);
    }

    /**
     * A text in the access log; longer than 4096 characters it is cut.
     *
     * @throws IllegalArgumentException if the name is not {@code [a-z][a-z0-9_]*}, and for more than 64 of them
     */
    public LastResult withLogField(String name, String value) {
        return withField(name, value.length() > LONGEST ? value.substring(0, LONGEST) : value);
    }

    /**
     * A whole number in the access log.
     *
     * @throws IllegalArgumentException if the name is not {@code [a-z][a-z0-9_]*}, and for more than 64 of them
     */
    public LastResult withLogField(String name, long value) {
        return withField(name, value);
    }

    /**
     * A number in the access log.
     *
     * @throws IllegalArgumentException if the name is not {@code [a-z][a-z0-9_]*}, if the value is not finite, and for
     *     more than 64 of them
     */
    public LastResult withLogField(String name, double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("log field " + name + " must be finite: " + value);
        }
        return withField(name, value);
    }

    /**
     * A yes or no in the access log.
     *
     * @throws IllegalArgumentException if the name is not {@code [a-z][a-z0-9_]*}, and for more than 64 of them
     */
    public LastResult withLogField(String name, boolean value) {
        return withField(name, value);
    }

    /** The events, in order. */
    public List<StreamEvent> events() {
        return events;
    }

    /** The trailers; names are lower case. */
    public Map<String, String> trailers() {
        return trailers;
    }

    /** The log fields; values are {@code String}, {@code Long}, {@code Double} or {@code Boolean}. */
    public Map<String, Object> logFields() {
        return logFields;
    }

    private LastResult withField(String name, Object value) {
        if (!FIELD.matcher(name).matches()) {
            throw new IllegalArgumentException("a log field is named [a-z][a-z0-9_]*: " + name);
        }
        return new LastResult(events, trailers, and(logFields, name, value));
    }

    private static <V> Map<String, V> and(Map<String, V> known, String name, V value) {
        Map<String, V> more = new LinkedHashMap<>(known);
        more.put(name, value);
        return Collections.unmodifiableMap(more);
    }
}
