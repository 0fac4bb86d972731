// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import static java.util.Objects.requireNonNull;

/**
 * The plugins that are in force: one {@link PluginSet}, exchanged as a whole at a reload. New streams open the new one, live
 * streams finish with theirs.
 *
 * <p>Thread-safe: the set is volatile; a set that retires while a stream is about to open it is seen, and the next one taken.
 */
public final class Plugins implements AutoCloseable {
    private volatile PluginSet current; // written by start, reload and stop; read by every stream

    public Plugins(PluginSet first) {
        this.current = requireNonNull(first, "first");
    }

    public PluginSet current() {
        return current;
    }

    /** Opens the chain for a stream, on the stream's own thread. */
    public StreamHooks open(StreamOpening opening, StreamHooks.Evictor evictor) {
        while (true) {
            PluginSet set = current;
            if (set.isEmpty()) {
                return StreamHooks.none();
            }
            if (set.tryRetain()) {
                return set.open(opening, evictor);
            }
            if (set.equals(current)) {
                throw new IllegalStateException("the plugins are closed"); // and no stream may do without them
            }
        }
    }

    /** Puts a new generation in force; the old one closes when its last stream has ended. */
    public void replace(PluginSet next) {
        PluginSet old = current;
        current = requireNonNull(next, "next");
        old.close();
    }

    /** After the last stream was opened. */
    @Override
    public void close() {
        current.close();
    }
}
