// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Further attempts, only while nothing was sent to the client. Immutable. */
public record RetryConfig(
        @Doc(value = "Attempts in all; 1 never retries.", standard = "2", max = 20)
        int attempts,

        @Doc(
                value = "What is worth another attempt: connect_failed, reset, first_byte_timeout, error_event, a"
                        + " status such as 429, or a class such as 5xx.",
                standard = "connect_failed, reset, 429, 5xx")
        List<RetryCondition> on,

        @Doc(value = "No new attempt starts later than this after the first.", standard = "10s")
        Duration within,

        @Doc(value = "Retries as a share of all requests of the cluster.", standard = "20%")
        Percent budget,

        @Doc(
                value = "Ask a second instance beside the first when that has brought no event after this time; whoever"
                        + " brings one first is relayed. It counts as an attempt, and needs budget.",
                standard = "off",
                example = "800ms")
        Optional<Duration> hedgeAfter) {
    public RetryConfig {
        on = List.copyOf(on);
        if (hedgeAfter.isPresent() && attempts < 2) {
            throw new IllegalArgumentException("hedge_after: is an attempt of its own, so attempts must be at least 2");
        }
    }

    /** Whether a failure of this kind is worth another attempt. */
    public boolean retries(RetryCondition.Failure failure) {
        return on.stream().anyMatch(condition -> condition.covers(failure));
    }

    /** Whether an answer with this status is worth another attempt. */
    public boolean retriesStatus(int status) {
        return on.stream().anyMatch(condition -> condition.coversStatus(status));
    }

    public static RetryConfig defaults() {
        return Defaults.of(RetryConfig.class);
    }
}
