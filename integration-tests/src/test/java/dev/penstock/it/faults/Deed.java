// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it.faults;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;

/** What plugin code can do to its host. Thread-safe: the gate is volatile, the lock is a lock. */
enum Deed {
    RUNTIME,
    SNEAKY,
    OVERFLOW,
    LINKAGE,
    ASSERTION,
    MEMORY,
    SLEEP,
    LOCK,
    SWALLOW,
    RELEASE;

    private static final int LONG_MILLIS = 10_000;
    private static final ReentrantLock HELD_FOR_EVER = heldForEver();

    /** Opened by {@link #RELEASE} for all who swallow interrupts behind it; then there is another. */
    private static volatile CountDownLatch gate = new CountDownLatch(1);

    void commit() throws Exception {
        switch (this) {
            case RUNTIME -> throw new IllegalStateException("broken on demand");
            case SNEAKY -> throw new IOException("broken on demand");
            case OVERFLOW -> recurse(1);
            case LINKAGE -> throw new NoClassDefFoundError("gone/Away");
            case ASSERTION -> throw new AssertionError("broken on demand");
            case MEMORY -> throw new OutOfMemoryError("pretended on demand");
            case SLEEP -> Thread.sleep(LONG_MILLIS);
            case LOCK -> HELD_FOR_EVER.lockInterruptibly();
            case SWALLOW -> swallow(gate);
            case RELEASE -> release();
        }
    }

    private static int recurse(int depth) {
        return depth == 0 ? 0 : recurse(depth + 1) + depth;
    }

    private static void swallow(CountDownLatch closed) {
        while (closed.getCount() > 0) {
            try {
                closed.await();
            } catch (InterruptedException e) {
                // Not to be had by an interrupt: that is the deed.
            }
        }
    }

    private static void release() {
        CountDownLatch closed = gate;
        gate = new CountDownLatch(1);
        closed.countDown();
    }

    /** Its owner has ended without giving it back. */
    private static ReentrantLock heldForEver() {
        var lock = new ReentrantLock();
        Thread owner = Thread.ofVirtual().start(lock::lock);
        try {
            owner.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return lock;
    }
}
