// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A pause that a stream takes of its own accord. Confined to the stream thread. */
final class Parking {
    /** A pause looks this often whether the stream was given up: nobody else can end it. */
    private static final long LOOK_NANOS = 50_000_000;

    private Parking() {}

    /** Parks until then, a {@link System#nanoTime}, or until the stream is given up or interrupted; returns the time. */
    static long until(long due, BooleanSupplier givenUp) {
        long now = System.nanoTime();
        while (due - now > 0
                && !givenUp.getAsBoolean()
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(Math.min(due - now, LOOK_NANOS));
            now = System.nanoTime();
        }
        return now;
    }
}
