// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

/** A write to the client failed: the connection is of no use any more. Immutable. */
public final class ClientGoneException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ClientGoneException(Throwable cause) {
        super("the client's connection is gone", cause);
    }
}
