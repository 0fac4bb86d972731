// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A place where core calls a plugin: one per chain entry and phase, not per call. Immutable.
 *
 * @param entry null for {@link #NONE} only
 */
record CallSite(@Nullable ChainEntry entry, Phase phase) {
    /** Nowhere. */
    static final CallSite NONE = new CallSite(null, Phase.OPEN);

    /** The entry of a place where plugin code is called. */
    ChainEntry required() {
        return requireNonNull(entry, "entry");
    }

    String plugin() {
        return entry == null ? "none" : entry.name();
    }

    /** Plugin and phase, for a log line. */
    @Override
    public String toString() {
        return plugin() + "/" + phase.label();
    }
}
