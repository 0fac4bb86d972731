// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Why a request was refused before a model server was asked. A closed list. Immutable. */
public enum RefusalReason {
    WORKER_CAP,
    ROUTE_CAP,
    INSTANCE_CAP,
    CONSUMER_CAP,
    QUEUE_FULL,
    QUEUE_TIMEOUT,
    DRAINING,
    NO_HEALTHY_INSTANCE,
    UNAUTHENTICATED,
    FORBIDDEN,
    BAD_REQUEST,
    UNKNOWN_MODEL,
    TOO_LARGE,
    REJECTED_BY_PLUGIN;

    /** The word used in metrics, logs and errors. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All words, for metrics that exist at zero from the start. */
    public static List<String> words() {
        return Stream.of(values()).map(RefusalReason::word).toList();
    }
}
