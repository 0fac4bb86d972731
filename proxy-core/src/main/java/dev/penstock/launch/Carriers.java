// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import java.lang.management.ManagementFactory;
import java.util.Optional;
import jdk.management.VirtualThreadSchedulerMXBean;

/**
 * The JVM's carriers: the platform threads that virtual threads run on. How many of them may work at once can be changed while they do.
 *
 * <p>Thread-safe: as the JVM's own bean.
 */
final class Carriers {
    private final VirtualThreadSchedulerMXBean scheduler;

    private Carriers(VirtualThreadSchedulerMXBean scheduler) {
        this.scheduler = scheduler;
    }

    /** Empty in a JVM whose scheduler cannot be asked, or has none. */
    static Optional<Carriers> ofThisJvm() {
        return Optional.ofNullable(ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class))
                .filter(bean -> bean.getPoolSize() >= 0)
                .map(Carriers::new);
    }

    /** How many may work at once. */
    int allowed() {
        return scheduler.getParallelism();
    }

    /** From now on so many may work at once; one too many goes on until it finds nothing to do. */
    void allow(int carriers) {
        scheduler.setParallelism(carriers);
    }

    /** How many work at this moment. */
    int working() {
        return scheduler.getMountedVirtualThreadCount();
    }

    /** Whether a virtual thread could run and has no carrier at this moment. */
    boolean isAnyoneWaiting() {
        return scheduler.getQueuedVirtualThreadCount() > 0;
    }
}
