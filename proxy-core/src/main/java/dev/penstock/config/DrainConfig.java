// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.time.Duration;

/** How the process stops. Immutable. */
public record DrainConfig(
        @Doc(
                value = "Time between turning unready and refusing connections, for load balancers to notice.",
                standard = "0s",
                example = "5s",
                min = 0)
        Duration delay,

        @Doc(value = "Time that live streams get to finish before they are ended.", standard = "30s", min = 0)
        Duration deadline) {

    public static DrainConfig defaults() {
        return Defaults.of(DrainConfig.class);
    }
}
