// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import static java.util.Objects.requireNonNull;

import dev.penstock.spi.StreamOutcome;
import java.util.Optional;

/** How a stream ended, as plugins are told. Immutable. */
public record EndedAs(StreamOutcome.Kind kind, Optional<String> reason, Optional<String> plugin, Optional<String> phase)
        implements StreamOutcome {
    public EndedAs {
        requireNonNull(kind, "kind");
    }

    /** Nothing but the kind. */
    public static EndedAs of(StreamOutcome.Kind kind) {
        return new EndedAs(kind, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Refused, with a word of the list of reasons. */
    public static EndedAs rejected(String reason) {
        return new EndedAs(StreamOutcome.Kind.REJECTED, Optional.of(reason), Optional.empty(), Optional.empty());
    }

    /** A plugin's failure. */
    public static EndedAs failed(PluginFailure failure) {
        return new EndedAs(
                StreamOutcome.Kind.PLUGIN_ERROR,
                Optional.empty(),
                Optional.of(failure.plugin()),
                Optional.of(failure.phase()));
    }
}
