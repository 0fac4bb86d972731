// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a request must look like; everything here must hold. Immutable. */
public record MatchConfig(
        @Doc(
                value = "The path, or a prefix with * at its end, or several of these.",
                standard = "/*",
                example = "/v1/chat/completions")
        List<PathPattern> path,

        @Doc(
                value = "The model, with * for any characters; a request without a model only matches *.",
                standard = "*",
                example = "gpt-4o*")
        Glob model,

        @Doc(value = "Request headers and their values, with * for any characters.", example = "{x-tier: gold}")
        Map<HeaderName, Glob> headers) {
    public MatchConfig {
        path = List.copyOf(path);
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    /** Whether one of the paths is this one; a query is no part of it. */
    public boolean hasPath(String candidate) {
        return path.stream().anyMatch(pattern -> pattern.matches(candidate));
    }

    public static MatchConfig defaults() {
        return Defaults.of(MatchConfig.class);
    }
}
