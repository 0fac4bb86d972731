// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * The body cannot be accepted. The message is meant for the client and repeats nothing of the body.
 *
 * <p>Immutable.
 *
 * @param param the member of the body that is wrong, if it is one
 */
public record BadRequest(String message, Optional<String> param) implements RequestReading {
    /** Checks its parts. */
    public BadRequest {
        requireNonNull(message, "message");
        requireNonNull(param, "param");
    }
}
