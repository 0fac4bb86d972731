// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;

/**
 * How long black-box tests wait, and what counts as on time: a limit is met in [limit, limit + max(0.5 s, 25 %)] times the slack.
 * The slack comes from BATTERY_SLACK; it is 1, or 2 on machines that are shared (CI is set). Immutable.
 */
public final class Patience {
    private static final double SLACK = slack();
    private static final Duration LEAST = Duration.ofMillis(500);
    /** Clocks are read on a coarse tick, and a client's stopwatch may start after the proxy's. */
    private static final Duration EARLY = Duration.ofMillis(100);

    private Patience() {}

    private static double slack() {
        Optional<String> asked = Optional.ofNullable(System.getenv("BATTERY_SLACK"));
        boolean shared = Optional.ofNullable(System.getenv("CI")).isPresent();
        return asked.map(Double::parseDouble).orElse(shared ? 2.0 : 1.0);
    }

    /** A duration stretched by the slack. */
    public static Duration patient(Duration limit) {
        return Duration.ofNanos((long) (limit.toNanos() * SLACK));
    }

    public static Duration seconds(double seconds) {
        return patient(Duration.ofMillis((long) (seconds * 1000)));
    }

    /** The latest moment at which something due at the limit may happen. */
    public static Duration latest(Duration limit) {
        long quarter = limit.toNanos() / 4;
        return patient(limit.plusNanos(Math.max(quarter, LEAST.toNanos())));
    }

    /** Asserts that something due at the limit happened then. */
    public static void assertOnTime(Duration took, Duration limit) {
        assertThat(took).as("due at %s", limit).isBetween(limit.minus(EARLY), latest(limit));
    }

    /** The time since a nanoTime. */
    public static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }
}
