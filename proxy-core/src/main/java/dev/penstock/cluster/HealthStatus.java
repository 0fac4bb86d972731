// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import java.util.Locale;

/** What an instance counts as; the words are the values of the metrics' {@code to} label. Immutable. */
public enum HealthStatus {
    /** No verdict yet; usable or not as the cluster's configuration assumes. */
    UNKNOWN,
    HEALTHY,
    /** Found so by probes. */
    UNHEALTHY,
    /** Found so by real streams, for a time. */
    EJECTED;

    /** The word used in metrics and logs. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
