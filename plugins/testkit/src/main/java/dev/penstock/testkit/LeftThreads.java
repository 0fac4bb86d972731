// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * The platform threads that have begun since a moment and still run, but for those of the JDK and those that the proxy stops
 * without waiting for them. Immutable.
 */
record LeftThreads(Set<Thread> before) {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final long TICK = 10_000_000;

    /** Since now. */
    static LeftThreads sinceNow() {
        return new LeftThreads(Thread.getAllStackTraces().keySet());
    }

    /** Their names, once they have had time to end. */
    List<String> names() {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        List<String> left = running();
        while (!left.isEmpty() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(TICK);
            left = running();
        }
        return left;
    }

    /** Their names at this moment. */
    List<String> running() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread) && thread.isAlive())
                .map(Thread::getName)
                .filter(name -> !name.startsWith("plugin-") && !name.startsWith("ForkJoinPool") && !isJdks(name))
                .toList();
    }

    private static boolean isJdks(String name) {
        return name.startsWith("VirtualThread-")
                || name.endsWith("-unparker")
                || name.startsWith("Cleaner-")
                || name.startsWith("Attach ")
                || name.contains("Poller")
                || name.startsWith("process reaper")
                || name.startsWith("idle-timeout-task") // of the JDK's HTTP server, which ends it at its next tick
                || name.startsWith("HTTP-Dispatcher");
    }
}
