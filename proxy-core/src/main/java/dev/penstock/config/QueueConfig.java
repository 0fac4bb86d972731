// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.time.Duration;

/** The fair, bounded wait for a permit. Immutable. */
public record QueueConfig(
        @Doc(value = "Requests that may wait at once; 0 refuses at once.", standard = "200", min = 0)
        int maxWaiting,

        @Doc(value = "How long a request may wait on a route that has no max_wait of its own.", standard = MAX_WAIT)
        Duration maxWait) {
    static final String MAX_WAIT = "5s";

    public static QueueConfig defaults() {
        return Defaults.of(QueueConfig.class);
    }
}
