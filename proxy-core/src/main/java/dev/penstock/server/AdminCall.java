// SPDX-License-Identifier: Apache-2.0
package dev.penstock.server;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.Optional;

/**
 * One admin request as its endpoint sees it, already let in. Immutable.
 *
 * @param path decoded, without the query
 * @param pathValues what stood where the endpoint's path has braces, never empty strings
 * @param query the first value of each query parameter
 * @param accept the {@code Accept} header, empty if there was none
 * @param body at most {@link AdminServer#MAX_BODY} bytes, read as UTF-8
 */
public record AdminCall(
        String method,
        String path,
        Map<String, String> pathValues,
        Map<String, String> query,
        String accept,
        String body) {
    public AdminCall {
        requireNonNull(method, "method");
        requireNonNull(path, "path");
        pathValues = Map.copyOf(pathValues);
        query = Map.copyOf(query);
        requireNonNull(accept, "accept");
        requireNonNull(body, "body");
    }

    /** The value of a variable of the endpoint's own path, such as {@code id} of <code>/streams/{id}</code>. */
    public String pathValue(String name) {
        return requireNonNull(pathValues.get(name), name);
    }

    public Optional<String> queryValue(String name) {
        return Optional.ofNullable(query.get(name));
    }
}
