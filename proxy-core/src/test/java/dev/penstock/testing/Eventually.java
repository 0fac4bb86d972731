// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for a condition with a deadline; the last failure is the message. Immutable. */
public final class Eventually {
    private static final Duration TICK = Duration.ofMillis(10);

    private Eventually() {}

    /** Something that may fail an assertion. */
    @FunctionalInterface
    public interface Attempt {
        void run() throws Exception;
    }

    /** Repeats the attempt until it passes, or fails with its last failure once the limit is over. */
    public static void eventually(Duration limit, Attempt attempt) {
        eventuallyGet(limit, () -> {
            attempt.run();
            return true;
        });
    }

    /** Like {@link #eventually}, with a result. */
    public static <T> T eventuallyGet(Duration limit, Callable<T> attempt) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            try {
                return attempt.call();
            } catch (AssertionError | Exception e) {
                if (System.nanoTime() - deadline > 0) {
                    throw new AssertionError("still so after " + limit + ": " + e.getMessage(), e);
                }
            }
            LockSupport.parkNanos(TICK.toNanos());
        }
    }
}
