// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * A plugin has failed on a stream, and its policy is that the stream fails with it. Clients are never shown any of this. Immutable.
 *
 * @param plugin the name of the chain entry
 * @param phase where: open, request, response_head, event, hold_limit, before_last, observe, last, finish
 * @param kind how
 * @param cause what was thrown, for the log
 */
public record PluginFailure(String plugin, String phase, Kind kind, Optional<Throwable> cause) {
    public PluginFailure {
        requireNonNull(plugin, "plugin");
        requireNonNull(phase, "phase");
        requireNonNull(kind, "kind");
        requireNonNull(cause, "cause");
    }

    /** The ways to fail. */
    public enum Kind {
        /** An exception or an error. */
        THREW,
        /** Longer than its budget. */
        OVERRAN,
        /** Longer than its budget and the grace after the interrupt; the stream was taken from it. */
        STUCK,
        /** No decision, or one that is not allowed there. */
        GARBAGE,
        /** An observer's queue was full, and its policy is to fail. */
        OVERFLOW,
        /** Nobody's fault: the stream was cancelled while, or before, the plugin was asked. */
        CANCELLED
    }
}
