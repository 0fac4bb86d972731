// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import java.util.Locale;

/** The room that a stream is in. Immutable. */
public enum StreamPhase {
    ACCEPT,
    ROUTE,
    GUARD,
    ADMIT,
    PICK,
    CONNECT,
    RELAY,
    FINISH;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
