// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a request must look like; everything here must hold. Immutable. */
public record MatchConfig(
        @Doc(value = "The path, or a prefix with * at its end.", standard = "/*", example = "/v1/chat/completions")
        PathPattern path,

        @Doc(
                value = "The model, with * for any characters; a request without a model only matches *.",
                standard = "*",
                example = "gpt-4o*")
        Glob model,

        @Doc(value = "Request headers and their values, with * for any characters.", example = "{x-tier: gold}")
        Map<HeaderName, Glob> headers) {
    public MatchConfig {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    public static MatchConfig defaults() {
        return Defaults.of(MatchConfig.class);
    }
}
