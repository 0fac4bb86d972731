// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/** One server of a cluster. Immutable. */
public record InstanceConfig(
        @Doc(value = "Name, unique in its cluster.", derived = "host and port of `url`", example = "a")
        String name,

        @Doc(
                value = "Scheme, host and port; a path is put before the path of every request.",
                example = "http://127.0.0.1:8000")
        URI url,

        @Doc(
                value = "Share of the traffic within its priority; 0 gets nothing new.",
                standard = "1",
                min = 0,
                max = 1000)
        int weight,

        @Doc(
                value = "Tier: a higher number is used only when every lower one is unusable.",
                standard = "0",
                min = 0,
                max = 100)
        int priority,

        @Doc(
                value = "Streams at once.",
                derived = "`worker.max_streams_per_instance`",
                standard = "off",
                example = "100")
        Optional<Integer> maxStreams,

        @Doc(
                value = "Credentials for this instance; the client's own are never passed on.",
                standard = "none",
                example = "{bearer: \"${OPENAI_API_KEY}\"}")
        AuthConfig auth,

        @Doc(
                value = "Model name this instance knows, put in place of the client's.",
                standard = "off",
                example = "served-name")
        Optional<String> model,

        @Doc(value = "Request headers to add or replace.", example = "{x-team: search}")
        Map<String, String> headers) {
    public InstanceConfig {
        headers = Map.copyOf(headers);
        for (String header : headers.keySet()) {
            if (!header.matches(HeaderName.TOKEN)) {
                throw new IllegalArgumentException("headers: \"" + header + "\" cannot be the name of a header");
            }
        }
    }
}
