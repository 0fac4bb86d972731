// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.spi.StreamOutcome;
import dev.penstock.spi.StreamSummary;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A filter or an observer that a plugin opened for one stream, and that gets exactly one finish call.
 *
 * <p>Thread-safe: the finish call is claimed atomically; the rest is confined to the stream thread, but for
 * {@link #abandonedOn}, which is volatile.
 */
final class Opened {
    private final ChainEntry entry;
    private final OnFinish onFinish;
    private final AtomicBoolean finishClaimed = new AtomicBoolean();
    private volatile @Nullable CallGuard
            elsewhere; // a thread that may be inside this object although nobody waits for it

    Opened(ChainEntry entry, OnFinish onFinish) {
        this.entry = entry;
        this.onFinish = onFinish;
    }

    ChainEntry entry() {
        return entry;
    }

    /** Another thread than the stream's may still be inside this object. */
    void abandonedOn(CallGuard guard) {
        elsewhere = guard;
    }

    @Nullable
    CallGuard elsewhere() {
        return elsewhere;
    }

    /** True once: for the one who makes the finish call. */
    boolean claimFinish() {
        return finishClaimed.compareAndSet(false, true);
    }

    void finish(StreamOutcome outcome, StreamSummary summary) throws Exception {
        onFinish.call(outcome, summary);
    }

    /** The object's own {@code onFinish}. */
    @FunctionalInterface
    interface OnFinish {
        void call(StreamOutcome outcome, StreamSummary summary) throws Exception;
    }
}
