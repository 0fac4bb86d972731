// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition with a deadline; the last failure is the message. Immutable. */
public final class Eventually {
    private static final Duration TICK = Duration.ofMillis(10);
    private static final Duration SOON = Duration.ofSeconds(10);

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

    /** Waits ten seconds at most for the condition, which the name is about. */
    public static void eventually(String name, BooleanSupplier condition) {
        eventually(SOON, () -> assertThat(condition.getAsBoolean()).as(name).isTrue());
    }

    /** Like {@link #eventually(Duration, Attempt)}, with a result. */
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
