// SPDX-License-Identifier: Apache-2.0
package dev.penstock.admission;

import java.util.Locale;

/** What a limiter caps; the words are the values of the metrics' {@code scope} label. Immutable. */
public enum LimiterScope {
    WORKER,
    ROUTE,
    INSTANCE,
    CONSUMER;

    /** The word used in metrics, logs and errors. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
