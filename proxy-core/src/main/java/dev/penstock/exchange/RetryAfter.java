// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.cluster.InstanceLease;
import dev.penstock.upstream.UpstreamHead;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * How long a model server that will not answer now asks to be left alone: milliseconds, seconds or a date, whichever it says.
 *
 * <p>Immutable: without state.
 */
final class RetryAfter {
    private static final int TOO_MANY_REQUESTS = 429;

    private RetryAfter() {}

    /** What the answer asks for, which its instance gets from now on. */
    static Optional<Duration> heed(UpstreamHead head, InstanceLease lease) {
        Optional<Duration> asked = of(head, Instant.now());
        asked.ifPresent(lease::leaveAlone);
        return asked;
    }

    /** Never negative; empty when the answer is no refusal, says nothing, or says what nobody can read. */
    static Optional<Duration> of(UpstreamHead head, Instant now) {
        if (head.status() != TOO_MANY_REQUESTS && head.status() < 500) {
            return Optional.empty();
        }
        return head.header("retry-after-ms")
                .flatMap(RetryAfter::millis)
                .or(() -> head.header("retry-after")
                        .map(String::strip)
                        .flatMap(value -> seconds(value).or(() -> date(value, now))));
    }

    private static Optional<Duration> millis(String value) {
        return number(value.strip()).map(millis -> Duration.ofNanos((long) (millis * 1e6)));
    }

    private static Optional<Duration> seconds(String value) {
        return number(value).map(seconds -> Duration.ofNanos((long) (seconds * 1e9)));
    }

    /** Fractions are not in the standard, and some providers send them. */
    private static Optional<Double> number(String value) {
        return value.matches("[0-9]{1,9}(\\.[0-9]{1,9})?") ? Optional.of(Double.valueOf(value)) : Optional.empty();
    }

    private static Optional<Duration> date(String value, Instant now) {
        try {
            Instant then = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Optional.of(then.isBefore(now) ? Duration.ZERO : Duration.between(now, then));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
