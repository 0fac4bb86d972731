// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import java.util.Locale;

/** What a plugin is being called for. Immutable. */
enum Phase {
    OPEN,
    REQUEST,
    RESPONSE_HEAD,
    EVENT,
    HOLD_LIMIT,
    BEFORE_LAST,
    OBSERVE,
    LAST,
    FINISH;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The word in metrics, logs and outcomes. */
    String label() {
        return label;
    }
}
