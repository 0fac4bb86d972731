// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.time.Duration;
import java.util.Optional;

/** How instances are found to be usable or not. Immutable. */
public record HealthConfig(
        @Doc("Probes sent by us.") ActiveHealthConfig active,

        @Doc("Evidence from real streams.") PassiveHealthConfig passive,

        @Doc(
                value = "Time over which a recovered instance gets back to its full share.",
                standard = "off",
                example = "30s")
        Optional<Duration> slowStart,

        @Doc(value = "Whether an instance without a verdict gets traffic.", standard = "usable")
        Assume assume,

        @Doc(value = "What happens when no instance is healthy: fail, or try all of them.", standard = "fail")
        AllUnhealthy allUnhealthy) {

    /** What an instance without a verdict counts as. */
    public enum Assume {
        USABLE,
        UNUSABLE
    }

    /** What a pick does when no instance is healthy. */
    public enum AllUnhealthy {
        FAIL,
        TRY_ALL
    }

    public static HealthConfig defaults() {
        return Defaults.of(HealthConfig.class);
    }
}
