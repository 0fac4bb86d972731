// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Holds a stream to a rate, in events or in bytes per second, by sleeping after a write; the upstream then feels it through
 * TCP. A pause is not made up for later: what a stream did not use is gone.
 *
 * <p>Confined to the stream thread.
 */
final class Pace {
    private static final double NANOS = 1e9;

    private final Optional<Integer> eventsPerSecond;
    private final Optional<Long> bytesPerSecond;
    private final BooleanSupplier givenUp;
    private long free;

    Pace(Optional<Integer> eventsPerSecond, Optional<Long> bytesPerSecond, BooleanSupplier givenUp) {
        this.givenUp = givenUp;
        this.eventsPerSecond = eventsPerSecond;
        this.bytesPerSecond = bytesPerSecond;
    }

    /** Accounts for what was written and pauses until it was due; returns how long, in nanoseconds. */
    long spend(long events, long bytes) {
        if (eventsPerSecond.isEmpty() && bytesPerSecond.isEmpty()) {
            return 0;
        }
        double cost = Math.max(
                eventsPerSecond.map(rate -> events * NANOS / rate).orElse(0.0),
                bytesPerSecond.map(rate -> bytes * NANOS / rate).orElse(0.0));
        long now = System.nanoTime();
        free = Math.max(free, now) + (long) cost;
        return Parking.until(free, givenUp) - now;
    }
}
