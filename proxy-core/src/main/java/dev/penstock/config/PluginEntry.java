// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.time.Duration;
import java.util.Optional;

/** One place in the plugin chain. Its own configuration stays a positioned tree until the plugin's record type is known. Immutable. */
@Shorthand("id")
public record PluginEntry(
        @Doc(value = "Id of the plugin.", example = "usage-log")
        String id,

        @Doc(value = "Name of this entry; needed when one id appears twice.", example = "usage-log-eu")
        Optional<String> name,

        @Doc(
                value = "What a failure of this entry does: closed ends the stream, open skips it.",
                derived = "`plugins.failure_mode` for filters, open for observers",
                example = "open")
        Optional<FailureMode> onError,

        @Doc(
                value = "Time one request hook of this entry may take.",
                derived = "`plugins.hook_timeout`",
                example = "200ms")
        Optional<Duration> timeout,

        @Doc("The plugin's own configuration.") ConfigNode config) {

    /** The name to show: its own, or the id. */
    public String label() {
        return name.orElse(id);
    }
}
