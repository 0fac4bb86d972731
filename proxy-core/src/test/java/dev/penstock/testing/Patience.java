// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;

/**
 * How long black-box tests wait, and what counts as on time: a limit is met in [limit, limit + max(0.5 s, 25 %)] times the slack.
 *
 * <p>The slack is 2: three test classes run at once, each with a proxy and its upstreams, on two cores that may have other work
 * too, and a test must tell a broken promise from a busy machine. It is the same everywhere, so that what passes here passes
 * elsewhere; classes that measure delays run alone, but no annotation keeps the rest of the machine quiet. BATTERY_SLACK=1 holds
 * the proxy to its promises to the letter, on a machine that does nothing else.
 *
 * <p>Immutable.
 */
public final class Patience {
    private static final double SLACK = slack();
    private static final Duration LEAST = Duration.ofMillis(500);
    /** Clocks are read on a coarse tick, and a client's stopwatch may start after the proxy's. */
    private static final Duration EARLY = Duration.ofMillis(100);

    private Patience() {}

    private static double slack() {
        return Optional.ofNullable(System.getenv("BATTERY_SLACK"))
                .map(Double::parseDouble)
                .orElse(2.0);
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
