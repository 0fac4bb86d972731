// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.mock;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/**
 * How an answer is given. Every value can be replaced for one request by a header of that request. Immutable.
 *
 * @param events content events of one answer
 * @param interval time between two content events; an answer that is not streamed takes as long as if it were
 * @param firstByteDelay time before the head of the response
 * @param payload bytes of text in each event; 0 for words of the built-in text
 * @param fault what goes wrong
 * @param faultAfter content events before the fault; absent for half of them
 */
public record MockSettings(
        int events, Duration interval, Duration firstByteDelay, int payload, Fault fault, OptionalInt faultAfter) {

    /** The prefix of the headers that replace a value for one request. */
    public static final String HEADER_PREFIX = "x-mock-";

    private static final int MOST_EVENTS = 10_000_000;
    private static final int MOST_PAYLOAD = 16 * 1024 * 1024;
    private static final long LARGEST_TEXT = 256L * 1024 * 1024;

    public MockSettings {
        requireNonNull(interval, "interval");
        requireNonNull(firstByteDelay, "firstByteDelay");
        requireNonNull(fault, "fault");
        requireNonNull(faultAfter, "faultAfter");
        check(events >= 1 && events <= MOST_EVENTS, "events must be 1 to " + MOST_EVENTS);
        check(payload >= 0 && payload <= MOST_PAYLOAD, "payload must be at most 16MiB");
        check((long) events * payload <= LARGEST_TEXT, "events times payload must be at most 256MiB");
        check(faultAfter.orElse(0) >= 0, "fault-after must not be negative");
    }

    /** Forty words, fifty a second, whole. */
    public static MockSettings defaults() {
        return new MockSettings(40, Duration.ofMillis(20), Duration.ZERO, 0, Fault.NONE, OptionalInt.empty());
    }

    /**
     * These settings with the values that a request's {@code x-mock-*} headers name.
     *
     * @throws IllegalArgumentException if a header's value cannot be read
     */
    MockSettings with(Map<String, String> headers) {
        MockSettings result = this;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (name.startsWith(HEADER_PREFIX)) {
                result = result.with(name.substring(HEADER_PREFIX.length()), header.getValue());
            }
        }
        return result;
    }

    private MockSettings with(String setting, String value) {
        return switch (setting) {
            case "events" -> with(number(setting, value));
            case "interval" ->
                new MockSettings(events, Amount.duration(value), firstByteDelay, payload, fault, faultAfter);
            case "first-byte-delay" ->
                new MockSettings(events, interval, Amount.duration(value), payload, fault, faultAfter);
            case "payload" -> new MockSettings(events, interval, firstByteDelay, Amount.size(value), fault, faultAfter);
            case "fault" -> new MockSettings(events, interval, firstByteDelay, payload, Fault.named(value), faultAfter);
            case "fault-after" ->
                new MockSettings(
                        events, interval, firstByteDelay, payload, fault, OptionalInt.of(number(setting, value)));
            default -> throw new IllegalArgumentException("unknown header '" + HEADER_PREFIX + setting + "'");
        };
    }

    private MockSettings with(int otherEvents) {
        return new MockSettings(otherEvents, interval, firstByteDelay, payload, fault, faultAfter);
    }

    /** The number of content events after which the body breaks off. */
    int breakPoint() {
        return Math.min(faultAfter.orElse(events / 2), events);
    }

    private static int number(String setting, String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException(setting + " must be a number, not '" + value + "'", notANumber);
        }
    }

    private static void check(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
