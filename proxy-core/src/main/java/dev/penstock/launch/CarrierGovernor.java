// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets only as many carriers work as the load needs. A carrier that has nothing to do sleeps in the kernel, and every event that comes
 * alone wakes one, looks for more work, and wakes the next; to wake a sleeping processor costs more than relaying the event. With few
 * carriers, each finds the next event while it is still awake.
 *
 * <p>The need follows from the CPU time that the process uses ({@link CarrierNeed}). A virtual thread that waits longer than
 * {@link #TICK} for its carrier, because code on it burns CPU or blocks it, gets all carriers at once.
 *
 * <p>The scheduler is the JVM's, so one governor serves the whole process. It never goes above what the JVM started with
 * ({@code jdk.virtualThreadScheduler.parallelism}), and leaves that behind when it is closed.
 *
 * <p>Thread-safe: one daemon platform thread decides, because it must run when no carrier is free; close from any.
 */
public final class CarrierGovernor implements AutoCloseable {
    /** How long a virtual thread may wait before all carriers work. */
    private static final Duration TICK = Duration.ofMillis(10);

    /** Over how many ticks the use of CPU is measured. */
    private static final int WINDOW = 10;

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
        var use = new CpuUse();
        for (int tick = 1; !closed; tick++) {
            LockSupport.parkNanos(TICK.toNanos());
            long now = System.nanoTime();
            if (isAnyoneLate(carriers)) {
                need.late(now);
            }
            if (tick % WINDOW == 0) {
                need.used(use.since(now));
            }
            allow(carriers, need.carriers(now));
        }
    }

    /** Where somebody waits, a probe goes to the end of the line; one that has not come through by the next tick is late. */
    private boolean isAnyoneLate(Carriers carriers) {
        if (!probeLanded) {
            return true;
        }
        if (carriers.isAnyoneWaiting()) {
            probeLanded = false;
            Thread.ofVirtual().name("carrier-probe").start(() -> probeLanded = true);
        }
        return false;
    }

    private static void allow(Carriers carriers, int needed) {
        if (carriers.allowed() != needed) {
            carriers.allow(needed);
            // A carrier that sleeps already is woken by the next virtual thread that wants one; this is that one.
            Thread.ofVirtual().name("carrier-probe").start(() -> {});
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.ifPresent(LockSupport::unpark);
    }

    /** The processors that this process used since it was last asked. Confined to the governor's thread. */
    private static final class CpuUse {
        private final OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        private long askedAt = System.nanoTime();
        private long used = system.getProcessCpuTime();

        double since(long now) {
            long before = used;
            used = system.getProcessCpuTime();
            double processors = (used - before) / (double) Math.max(1, now - askedAt);
            askedAt = now;
            return processors;
        }
    }
}
