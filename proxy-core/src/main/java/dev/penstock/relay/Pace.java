// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Holds a stream to a rate, in events or in bytes per second, by sleeping after a write; the upstream then feels it through
 * TCP. A pause is not made up for later: what a stream did not use is gone.
 *
 * <p>Confined to the stream thread.
 */
final class Pace {
    private static final double NANOS = 1e9;

    /** A pause looks this often whether the stream was given up: nobody else can end it. */
    private static final long LOOK_NANOS = 50_000_000;

    private final Optional<Integer> eventsPerSecond;
    private final Optional<Long> bytesPerSecond;
    private final BooleanSupplier givenUp;
    private long free;

    Pace(Optional<Integer> eventsPerSecond, Optional<Long> bytesPerSecond, BooleanSupplier givenUp) {
        this.givenUp = givenUp;
        this.eventsPerSecond = eventsPerSecond;
        this.bytesPerSecond = bytesPerSecond;
    }

    /** Accounts for what was written and sleeps until it was due, or until the stream is given up or interrupted. */
    void spend(long events, long bytes) {
        if (eventsPerSecond.isEmpty() && bytesPerSecond.isEmpty()) {
            return;
        }
        double cost = Math.max(
                eventsPerSecond.map(rate -> events * NANOS / rate).orElse(0.0),
                bytesPerSecond.map(rate -> bytes * NANOS / rate).orElse(0.0));
        long now = System.nanoTime();
        free = Math.max(free, now) + (long) cost;
        while (free - now > 0
                && !givenUp.getAsBoolean()
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(Math.min(free - now, LOOK_NANOS));
            now = System.nanoTime();
        }
    }
}
