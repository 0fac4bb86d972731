// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * A refusal or failure of our own, before anything was sent.
 *
 * <p>Immutable.
 *
 * @param status the HTTP status, from which dialects derive their own error type
 * @param code a reason of the closed list, such as {@code worker_cap}
 * @param param the member of the request that is wrong, if it is one
 */
public record ErrorReply(int status, String code, String message, String requestId, Optional<String> param) {
    /** Checks its parts. */
    public ErrorReply {
        requireNonNull(code, "code");
        requireNonNull(message, "message");
        requireNonNull(requestId, "requestId");
        requireNonNull(param, "param");
    }

    /** A reply about no particular member of the request. */
    public ErrorReply(int status, String code, String message, String requestId) {
        this(status, code, message, requestId, Optional.empty());
    }
}
