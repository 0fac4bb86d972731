// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.time.Duration;
import java.util.Optional;

/** How a stream behaves. A route's own is complete: what the route does not say is taken from the global section. Immutable. */
public record StreamConfig(
        @Doc("Clocks of a stream; each may be off.") TimeoutsConfig timeouts,

        @Doc("Bounds of a stream; each may be off.") LimitsConfig limits,

        @Doc(value = "Send a comment line after this much silence of the upstream.", standard = "15s")
        Optional<Duration> heartbeat,

        @Doc(
                value = "Commit a 200 and send heartbeats before the upstream has answered; a later failure can then"
                        + " only be an error event.",
                standard = "false")
        boolean heartbeatBeforeCommit,

        @Doc(
                value = "What happens upstream when the client leaves: abort, or drain for the usage report.",
                standard = "abort",
                example = "{drain: {time: 10s, bytes: 1MiB}}")
        ClientAbort onClientAbort,

        @Doc(
                value = "Ask OpenAI-style upstreams for usage (stream_options.include_usage) and hide the extra event"
                        + " from clients that did not ask.",
                standard = "false")
        boolean injectUsage,

        @Doc(
                value = "Answer 502 instead of showing clients that the upstream refused our credentials (401, 403,"
                        + " 407).",
                standard = "true")
        boolean maskUpstreamAuthErrors) {

    public static StreamConfig defaults() {
        return Defaults.of(StreamConfig.class);
    }
}
