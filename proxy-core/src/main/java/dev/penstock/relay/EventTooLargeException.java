// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

/**
 * One event of the upstream is longer than the relay is willing to hold.
 *
 * <p>The parser that threw it has lost its place and must not be fed again.
 *
 * <p>Immutable.
 */
public final class EventTooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long limit;

    EventTooLargeException(long limit) {
        super("an event is longer than " + limit + " bytes");
        this.limit = limit;
    }

    /** The limit that was crossed, in bytes. */
    public long limit() {
        return limit;
    }
}
