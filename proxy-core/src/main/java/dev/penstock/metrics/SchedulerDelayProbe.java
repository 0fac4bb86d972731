// SPDX-License-Identifier: Apache-2.0
package dev.penstock.metrics;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Watches whether virtual threads get carriers: a platform thread starts a virtual thread once an interval and measures
 * how long it waits for its turn ({@code penstock_scheduler_delay_seconds}). Streams that never yield, plugins that spin
 * and a machine without CPU all show here first. There is one probe at a time; when it was late, the probes that it kept
 * from starting are observed with the delay they would have had, or one long freeze would look like a single bad second.
 * While a probe is overdue its age is {@code penstock_scheduler_stall_seconds}, so a freeze is visible before it ends.
 *
 * <p>Thread-safe: the probing thread writes, scrapes read one atomic number.
 */
public final class SchedulerDelayProbe implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final int MAX_CATCH_UP = 600;
    private static final long NONE = Long.MIN_VALUE;

    private final ProxyMetrics metrics;
    private final Duration interval;
    private final Thread thread;
    private final AtomicLong startedAt = new AtomicLong(NONE); // written by the probing thread, read by scrapes

    private SchedulerDelayProbe(ProxyMetrics metrics, Duration interval) {
        this.metrics = requireNonNull(metrics, "metrics");
        this.interval = requireNonNull(interval, "interval");
        this.thread = Thread.ofPlatform().daemon().name("scheduler-probe").unstarted(this::run);
    }

    public static SchedulerDelayProbe start(ProxyMetrics metrics) {
        return start(metrics, INTERVAL);
    }

    static SchedulerDelayProbe start(ProxyMetrics metrics, Duration interval) {
        var probe = new SchedulerDelayProbe(metrics, interval);
        metrics.schedulerStall(probe::overdueNanos);
        probe.thread.start();
        return probe;
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                observe(measure());
                TimeUnit.NANOSECONDS.sleep(interval.toNanos());
            }
        } catch (InterruptedException e) {
            startedAt.set(NONE); // closed: that is how this thread ends
        }
    }

    private long measure() throws InterruptedException {
        var landed = new CountDownLatch(1);
        var delay = new AtomicLong();
        var start = System.nanoTime();
        startedAt.set(start);
        Thread.ofVirtual().name("scheduler-probe").start(() -> {
            delay.set(System.nanoTime() - start);
            landed.countDown();
        });
        landed.await();
        startedAt.set(NONE);
        return delay.get();
    }

    private void observe(long delayNanos) {
        var left = delayNanos;
        for (var i = 0; i < MAX_CATCH_UP && (i == 0 || left > 0); i++) {
            metrics.schedulerDelayed(left / 1e9);
            left -= interval.toNanos();
        }
    }

    private long overdueNanos() {
        var start = startedAt.get();
        return start == NONE ? 0 : Math.max(0, System.nanoTime() - start);
    }
}
