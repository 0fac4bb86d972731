// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import dev.penstock.exchange.UpstreamTargets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Closes upstream connections that have rested too long. Model servers commonly close them after 5 s (uvicorn, Node), so ours
 * go before that.
 *
 * <p>Thread-safe: one daemon thread; close from any.
 */
final class IdleSweep implements AutoCloseable {
    private static final Duration OLDEST = Duration.ofSeconds(4);
    private static final Duration TICK = Duration.ofMillis(500);

    private final UpstreamTargets targets;
    private final Thread thread;
    private volatile boolean closed;

    IdleSweep(UpstreamTargets targets) {
        this.targets = targets;
        this.thread = Thread.ofPlatform().name("upstream-idle-sweep").daemon().start(this::run);
    }

    private void run() {
        while (!closed) {
            LockSupport.parkNanos(TICK.toNanos());
            targets.closeIdle(OLDEST.toNanos());
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
