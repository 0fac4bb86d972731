// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import dev.penstock.relay.HotTime;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets only as many carriers work as the load needs. A carrier that has nothing to do sleeps in the kernel, and every event that comes
 * alone wakes one, looks for more work, and wakes the next; to wake a sleeping processor costs more than relaying the event. With few
 * carriers, each finds the next event while it is still awake.
 *
 * <p>The need follows from how many were at work lately ({@link CarrierNeed}). A virtual thread that waits for its carrier
 * longer than {@link #PATIENCE}, seen from a tick, gets all carriers: code on a carrier burns CPU or blocks it. So do streams that never wait, of which
 * {@link HotTime} takes care on the assumption that all carriers work.
 *
 * <p>The scheduler is the JVM's, so one governor serves the whole process. It never goes above what the JVM started with
 * ({@code jdk.virtualThreadScheduler.parallelism}), and leaves that behind when it is closed.
 *
 * <p>Thread-safe: one daemon platform thread decides, because it must run when no carrier is free; close from any.
 */
public final class CarrierGovernor implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(10);

    /** How long a virtual thread that a tick has seen waiting may go on waiting before all carriers work. */
    private static final Duration PATIENCE = Duration.ofMillis(2);

    private static final Duration CLOSING = Duration.ofSeconds(1);

    private final Optional<Thread> thread;
    private volatile boolean closed;

    /** Written by a virtual thread that got its carrier, read by the governor. */
    private volatile boolean probeLanded = true;

    private CarrierGovernor(Optional<Carriers> carriers) {
        this.thread = carriers.filter(some -> some.allowed() > 1)
                .map(some ->
                        Thread.ofPlatform().daemon().name("carrier-governor").unstarted(() -> govern(some)));
    }

    /** Starts to govern, if there is more than one carrier. */
    public static CarrierGovernor start() {
        var governor = new CarrierGovernor(Carriers.ofThisJvm());
        governor.thread.ifPresent(Thread::start);
        return governor;
    }

    private void govern(Carriers carriers) {
        int most = carriers.allowed();
        try {
            govern(carriers, new CarrierNeed(most, System.nanoTime()));
        } finally {
            carriers.allow(most);
        }
    }

    private void govern(Carriers carriers, CarrierNeed need) {
        while (!closed) {
            LockSupport.parkNanos(TICK.toNanos());
            long now = System.nanoTime();
            need.seen(carriers.working());
            if (HotTime.isAnyoneHot() || isAnyoneLate(carriers)) {
                need.all(now);
            }
            allow(carriers, need.carriers(now));
        }
    }

    /** Where somebody waits, a probe goes to the end of the line; one that is still there after a while is late. */
    private boolean isAnyoneLate(Carriers carriers) {
        if (probeLanded) {
            if (!carriers.isAnyoneWaiting()) {
                return false;
            }
            probeLanded = false;
            Thread.ofVirtual().name("carrier-probe").start(() -> probeLanded = true);
            LockSupport.parkNanos(PATIENCE.toNanos());
        }
        return !probeLanded;
    }

    private static void allow(Carriers carriers, int needed) {
        if (carriers.allowed() != needed) {
            carriers.allow(needed);
            // A carrier that sleeps already is woken by the next virtual thread that wants one; this is that one.
            Thread.ofVirtual().name("carrier-probe").start(() -> {});
        }
    }

    /** Returns when all carriers may work again, so that the next governor finds them all. */
    @Override
    public void close() {
        closed = true;
        thread.ifPresent(CarrierGovernor::awaitEnd);
    }

    private static void awaitEnd(Thread thread) {
        LockSupport.unpark(thread);
        try {
            thread.join(CLOSING);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
