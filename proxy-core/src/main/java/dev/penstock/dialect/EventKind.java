// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

/**
 * What an event means to the one who relays it.
 *
 * <p>Immutable.
 */
public enum EventKind {
    /** Carries output: text, reasoning, arguments of a tool call. The first one ends the time to first token. */
    TOKEN,
    /** The dialect's last event. A stream that had it is complete. */
    TERMINAL,
    /** The upstream reports a failure inside a 200. The client must see it as it is. */
    ERROR,
    /** Carries token counts and nothing else, and exists only because somebody asked for usage. */
    USAGE,
    /** Anything else. */
    OTHER
}
