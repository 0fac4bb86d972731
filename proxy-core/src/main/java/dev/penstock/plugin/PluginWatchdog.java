// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import static java.util.stream.Collectors.joining;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at every thread that may be inside plugin code, every 20 ms: interrupts it once when its budget is over, and gives
 * its call up when it still has not returned after the grace. No timer is set or cancelled per call.
 *
 * <p>A pause of the whole process (a collection, a stopped machine) is not a plugin's fault: what this thread itself was
 * late by is taken off every plugin's time.
 *
 * <p>It is a platform thread, and so are those on which streams are taken from a stuck plugin, because plugin code that spins
 * may be holding every carrier.
 *
 * <p>Thread-safe: concurrent maps; {@link #scan} is confined to the watchdog's thread.
 */
public final class PluginWatchdog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PluginWatchdog.class);
    private static final Duration TICK = Duration.ofMillis(20);

    private final LongSupplier nanoTime;
    private final Map<CallGuard, Watched> watched = new ConcurrentHashMap<>();
    private final Map<CallGuard, StuckCall> stuck = new ConcurrentHashMap<>();
    private final Thread thread =
            Thread.ofPlatform().daemon().name("plugin-watchdog").unstarted(this::run);
    private volatile boolean closed; // written by close, read by the watchdog's thread
    private final AtomicLong stalledNanos =
            new AtomicLong(); // written by the watchdog's thread, read by callers of plugins
    private long lastScan;

    PluginWatchdog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.lastScan = nanoTime.getAsLong();
    }

    void start() {
        thread.start();
    }

    /** Watches a thread until {@link #unwatch}; gives up an interrupted call after the grace, and says where it was. */
    void watch(CallGuard guard, Duration grace, Consumer<CallSite> givenUp) {
        watched.put(guard, new Watched(grace.toNanos(), givenUp));
    }

    void unwatch(CallGuard guard) {
        watched.remove(guard);
    }

    /** By a thread whose call was given up, when it returns after all. */
    void returned(CallGuard guard) {
        stuck.remove(guard);
    }

    /** How many threads may be inside plugin code; none when no stream is open. */
    int watchedCount() {
        return watched.size();
    }

    /** How many threads are stuck in plugin code now. */
    public int stuckCount() {
        return stuck.size();
    }

    /** Which threads are stuck in plugin code now, with where they were when that was found. */
    public List<StuckCall> stuckCalls() {
        return List.copyOf(stuck.values());
    }

    /** How long the whole process has stood still so far. */
    long stalledNanos() {
        return stalledNanos.get();
    }

    private void run() {
        while (!closed) {
            try {
                Thread.sleep(TICK);
                scan(nanoTime.getAsLong());
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.error("plugin watchdog: scan failed", e);
            }
        }
    }

    void scan(long now) {
        long late = now - lastScan - 2 * TICK.toNanos();
        lastScan = now;
        if (late > 0) {
            stalledNanos.addAndGet(late);
        }
        watched.forEach((guard, how) -> {
            guard.interruptIfLate(now, stalledNanos())
                    .ifPresent(
                            site -> LOG.warn("stream {}: plugin {}: over its time, interrupted", guard.stream(), site));
            guard.overdue(now, how.graceNanos).ifPresent(overdue -> giveUp(guard, overdue, how));
        });
    }

    private void giveUp(CallGuard guard, CallGuard.Overdue overdue, Watched how) {
        CallSite site = overdue.site();
        String stack = Arrays.stream(guard.owner().getStackTrace())
                .map(StackTraceElement::toString)
                .collect(joining("\n    at ", "    at ", ""));
        stuck.put(
                guard, new StuckCall(guard.stream(), site.plugin(), site.phase().label(), stack));
        if (!guard.giveUp(overdue)) {
            stuck.remove(guard); // it has returned just now
            return;
        }
        LOG.error("stream {}: plugin {}: stuck, its stream goes on without it\n{}", guard.stream(), site, stack);
        Thread.ofPlatform().daemon().name("stream-" + guard.stream() + "/evict").start(() -> how.givenUp.accept(site));
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private record Watched(long graceNanos, Consumer<CallSite> givenUp) {}
}
