// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The API a cluster's instances speak. Immutable. */
public enum ClusterDialect {
    OPENAI,
    ANTHROPIC,
    /** Whatever comes. */
    PASSTHROUGH;

    /** Whose path this is; empty for a path that belongs to no API known here. */
    public static Optional<ClusterDialect> ofPath(String path) {
        if (isUnder(path, "/v1/messages")) {
            return Optional.of(ANTHROPIC);
        }
        boolean openai = Stream.of("/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/v1/responses")
                .anyMatch(stem -> isUnder(path, stem));
        return openai ? Optional.of(OPENAI) : Optional.empty();
    }

    private static boolean isUnder(String path, String stem) {
        return path.equals(stem) || path.startsWith(stem + "/");
    }

    /** Whether instances that speak this can be sent a request with this path; a path of no known API goes to anybody. */
    public boolean takes(String path) {
        return this == PASSTHROUGH || ofPath(path).orElse(this) == this;
    }

    /** The word in the configuration. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
