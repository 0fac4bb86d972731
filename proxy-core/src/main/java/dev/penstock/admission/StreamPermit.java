// SPDX-License-Identifier: Apache-2.0
package dev.penstock.admission;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One stream's place under one cap. Whoever holds it closes it; closing again does nothing. Thread-safe: the first close
 * wins an atomic flag, so racing threads return it exactly once.
 */
public final class StreamPermit implements AutoCloseable {
    private final StreamLimiter limiter;
    private final AtomicBoolean out = new AtomicBoolean(true);

    StreamPermit(StreamLimiter limiter) {
        this.limiter = limiter;
    }

    @Override
    public void close() {
        if (out.compareAndSet(true, false)) {
            limiter.release();
        }
    }

    /** Returns it as if it had never been taken: no hand-over, no influence on the pace. */
    void putBack() {
        if (out.compareAndSet(true, false)) {
            limiter.putBack();
        }
    }
}
