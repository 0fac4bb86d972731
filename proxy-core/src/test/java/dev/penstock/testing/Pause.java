// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A pause that is part of what a test plays: a client's hesitation, the pace of arrivals, the length of a measurement. Never a wait
 * for something to happen, which is what {@link Eventually} is for. Immutable.
 */
public final class Pause {
    private Pause() {}

    /** Pauses the calling thread for this long, or until it is interrupted. */
    public static void of(Duration time) {
        until(System.nanoTime() + time.toNanos());
    }

    public static void ofMillis(long millis) {
        of(Duration.ofMillis(millis));
    }

    /** Pauses until this {@link System#nanoTime}; a moment that is over is no pause. */
    public static void until(long nanos) {
        long left = nanos - System.nanoTime();
        while (left > 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(left);
            left = nanos - System.nanoTime();
        }
    }
}
