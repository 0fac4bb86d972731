// SPDX-License-Identifier: Apache-2.0
package dev.penstock.admission;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * Turns an expectation into what a refused client is told: at least a second, at most a minute, and up to a quarter more at
 * random, so that those refused together do not return together. Thread-safe: it asks its source of randomness, from zero to
 * one, which must be.
 */
public final class RetryAdvice {
    private static final double SHORTEST_SECONDS = 1;
    private static final double LONGEST_SECONDS = 60;
    private static final double SPREAD = 0.25;

    private final DoubleSupplier random;

    public RetryAdvice(DoubleSupplier random) {
        this.random = random;
    }

    public Duration after(double expectedSeconds) {
        double bounded = Math.clamp(expectedSeconds, SHORTEST_SECONDS, LONGEST_SECONDS);
        return Duration.ofMillis(Math.round(1000 * bounded * (1 + SPREAD * random.getAsDouble())));
    }

    public Duration after(Duration expected) {
        return after(expected.toMillis() / 1000.0);
    }
}
