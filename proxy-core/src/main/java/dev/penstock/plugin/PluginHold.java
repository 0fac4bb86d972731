// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Keeps one generation of plugins from being closed, for a request that may still open it. Streams that were opened hold the set
 * themselves. Closing again does nothing.
 *
 * <p>Thread-safe: what happens once is behind an atomic flag.
 */
public final class PluginHold implements AutoCloseable {
    private final PluginSet set;
    private final AtomicBoolean held = new AtomicBoolean(true);

    /** For a set that was retained. */
    PluginHold(PluginSet set) {
        this.set = set;
    }

    /** Opens the chain for a stream, on the stream's own thread. */
    public StreamHooks open(StreamOpening opening, StreamHooks.Evictor evictor) {
        if (!held.get()) {
            throw new IllegalStateException("the plugins are not held any more");
        }
        return set.openHeld(opening, evictor);
    }

    @Override
    public void close() {
        if (held.compareAndSet(true, false)) {
            set.release();
        }
    }
}
