// SPDX-License-Identifier: Apache-2.0
package dev.penstock.server;

import static java.util.Objects.requireNonNull;

/**
 * One thing the admin listener can do. A port: whoever owns the state behind it says what is answered. Immutable.
 *
 * <pre>{@code
 * AdminEndpoint.get("/clusters", call -> AdminReply.json(200, clusters.describe()));
 * AdminEndpoint.delete("/streams/{id}", call -> end(call.pathValue("id")));
 * }</pre>
 */
public record AdminEndpoint(String method, String path, Action action) {
    public AdminEndpoint {
        requireNonNull(method, "method");
        requireNonNull(path, "path");
        requireNonNull(action, "action");
    }

    /** Runs on one of the few admin threads: brief, and never waiting for a stream. What it throws becomes a bare 500. */
    @FunctionalInterface
    public interface Action {
        AdminReply handle(AdminCall call);
    }

    /** Answers HEAD too. */
    public static AdminEndpoint get(String path, Action action) {
        return new AdminEndpoint("GET", path, action);
    }

    public static AdminEndpoint post(String path, Action action) {
        return new AdminEndpoint("POST", path, action);
    }

    public static AdminEndpoint delete(String path, Action action) {
        return new AdminEndpoint("DELETE", path, action);
    }
}
