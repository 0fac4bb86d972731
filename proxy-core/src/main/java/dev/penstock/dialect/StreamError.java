// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import static java.util.Objects.requireNonNull;

/**
 * Why a stream that has begun cannot go on, for the client to read.
 *
 * <p>Immutable.
 *
 * @param code an outcome of the closed list, such as {@code upstream_truncated}
 */
public record StreamError(String code, String message, String requestId) {
    /** Checks its parts. */
    public StreamError {
        requireNonNull(code, "code");
        requireNonNull(message, "message");
        requireNonNull(requestId, "requestId");
    }
}
