// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * A few platform threads for hooks that burn CPU, so that they cannot keep a stream from its carrier. A thread that gets stuck
 * in a plugin is replaced, up to a bound; the stuck one goes when it returns.
 *
 * <p>Thread-safe: a blocking queue and counters.
 */
final class HeavyPool implements AutoCloseable {
    private static final int WAITING = 1024;
    private static final int MOST_REPLACED = 64;

    private final int size;
    private final BlockingQueue<BooleanSupplier> queue = new LinkedBlockingQueue<>(WAITING);
    private final AtomicInteger started = new AtomicInteger();
    private final AtomicInteger replaced = new AtomicInteger();
    private volatile boolean closed; // written by close, read by the pool's threads

    HeavyPool(int size) {
        this.size = size;
    }

    /** Runs this soon, on a thread of the pool, which ends if it answers false; refuses if too many are waiting already. */
    boolean offer(BooleanSupplier task) {
        while (!closed && started.get() < size) {
            int have = started.get();
            if (have < size && started.compareAndSet(have, have + 1)) {
                startThread();
            }
        }
        return !closed && queue.offer(task);
    }

    /** A thread is stuck: another one takes its place, unless too many have. */
    boolean replaceOne() {
        int have = replaced.getAndUpdate(count -> Math.min(count + 1, MOST_REPLACED));
        boolean room = have < MOST_REPLACED && !closed;
        if (room) {
            startThread();
        }
        return room;
    }

    /** A replaced thread has returned, and ends. */
    void oneReturned() {
        replaced.decrementAndGet();
    }

    private void startThread() {
        Thread.ofPlatform()
                .daemon()
                .name("plugin-heavy-" + started.get() + "-" + replaced.get())
                .start(this::work);
    }

    private void work() {
        boolean goOn = true;
        while (goOn && !closed) {
            try {
                goOn = queue.take().getAsBoolean();
            } catch (InterruptedException e) {
                goOn = !closed; // may be the leftover of a plugin's own doing
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        for (int i = 0; i < size + MOST_REPLACED; i++) {
            if (!queue.offer(() -> false)) {
                break;
            }
        }
    }
}
