// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.dialect.Dialect;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A client's request: its head, and where it came from. The body is read when the head has been found worth it
 * ({@link BodySource}). Immutable.
 *
 * @param id our id, never the client's
 * @param requestId the id the client sees: its own when it sent a proper one
 * @param path the one path string that routing, limits, logs and the upstream all use
 * @param query without the question mark
 * @param peer the client's address: of the connection, or what a trusted proxy in front of us says
 * @param forwardedFor the value to send on as X-Forwarded-For, when a trusted proxy stands in front of us
 * @param arrivedNanos {@link System#nanoTime} at the request's head
 */
public record ClientRequest(
        String id,
        String requestId,
        String method,
        String path,
        Optional<String> query,
        List<Header> headers,
        Dialect dialect,
        String peer,
        Optional<String> forwardedFor,
        long arrivedNanos) {
    public ClientRequest {
        Objects.requireNonNull(id, "id");
        headers = List.copyOf(headers);
    }

    ClientRequest withHeaders(List<Header> changed) {
        return new ClientRequest(
                id, requestId, method, path, query, changed, dialect, peer, forwardedFor, arrivedNanos);
    }

    List<String> values(String name) {
        return headers.stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(Header::value)
                .toList();
    }

    Optional<String> header(String name) {
        return Header.first(headers, name);
    }
}
