// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import dev.penstock.testing.Pause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How late a thread gets the CPU that wants it at a given moment, while something else is measured: what the rest of the machine
 * does to everybody. The moments come at a fixed rate, so a long stall counts for each that falls into it. Thread-safe: the list
 * belongs to a thread of its own until that has ended.
 */
final class Stalls implements AutoCloseable {
    private static final Duration RATE = Duration.ofMillis(2);

    private final List<Long> lateNanos = new ArrayList<>();
    private final Thread thread = Thread.ofPlatform().daemon().name("stalls").unstarted(this::measure);
    private volatile boolean over; // written by the test, read by the thread

    private Stalls() {}

    static Stalls watch() {
        var stalls = new Stalls();
        stalls.thread.start();
        return stalls;
    }

    private void measure() {
        long due = System.nanoTime();
        while (!over) {
            due += RATE.toNanos();
            Pause.until(due);
            lateNanos.add(System.nanoTime() - due);
        }
    }

    /** Ends the measurement. */
    Duration quantile(double q) {
        close();
        List<Long> sorted = lateNanos.stream().sorted().toList();
        return Duration.ofNanos(sorted.get((int) Math.min(sorted.size() - 1L, Math.round(q * sorted.size()))));
    }

    @Override
    public void close() {
        over = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
