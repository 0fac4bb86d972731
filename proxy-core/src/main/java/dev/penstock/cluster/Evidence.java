// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import java.util.Locale;

/** Ways in which a real stream shows that its instance is not well. A client's departure is none of them. Immutable. */
public enum Evidence {
    CONNECT_FAILED,
    RESET,
    FIRST_BYTE_TIMEOUT,
    /** On trial, it had brought nothing when another that was asked later had. */
    OUTRUN,
    /** A status from 500 on. */
    SERVER_ERROR,
    /** The stream ended before its dialect's terminal event. */
    TRUNCATED,
    IDLE_STALL,
    /** An error event inside a 200. */
    ERROR_EVENT;

    /** The word used in metrics and logs. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
