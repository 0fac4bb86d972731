// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

/** A body does not decode as its head promised. The message is for our log; it never reaches a client. Immutable. */
public final class BrokenEncodingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What is wrong with it. */
    public enum Kind {
        /** It ended before its encoding did. */
        TRUNCATED,
        /** It is not what it says it is. */
        CORRUPT,
        /** It grows beyond any honest answer. */
        BOMB
    }

    private final Kind kind;

    BrokenEncodingException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
