// SPDX-License-Identifier: Apache-2.0
package dev.penstock.upstream;

/** The model server's side failed. The message is for our log; it never reaches a client. Immutable. */
public final class UpstreamException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** How it failed. */
    public enum Kind {
        /** No connection: refused, unreachable, name unknown, TLS failed. */
        CONNECT_FAILED,
        /** No connection within the connect clock. */
        CONNECT_TIMEOUT,
        /** The connection broke, or the answer was not HTTP, before the head of the answer was whole. */
        NO_RESPONSE,
        /** The body ended before its framing said so. */
        TRUNCATED,
        /** The connection was reset, or broke the protocol, inside the body. */
        RESET,
        /** We gave up: somebody called {@link UpstreamCall#abort}. */
        ABORTED
    }

    private final Kind kind;

    UpstreamException(Kind kind, Throwable cause) {
        super(kind + ": " + cause, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
