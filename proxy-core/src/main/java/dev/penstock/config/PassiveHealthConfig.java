// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.time.Duration;
import java.util.Optional;

/** Ejection on evidence from real streams. Immutable. */
@Shorthand("failures")
public record PassiveHealthConfig(
        @Doc(value = "Failures in a row that eject an instance; off never ejects.", standard = "5")
        Optional<Integer> failures,

        @Doc(value = "Length of the first ejection; each further one is longer.", standard = "10s")
        Duration eject,

        @Doc(value = "Longest ejection.", standard = "5m") Duration maxEject,

        @Doc(value = "Largest share of a cluster that may be ejected at once.", standard = "50%")
        Percent maxEjected) {
    public PassiveHealthConfig {
        if (maxEject.compareTo(eject) < 0) {
            throw new IllegalArgumentException("max_eject: must not be shorter than eject");
        }
    }

    public static PassiveHealthConfig defaults() {
        return Defaults.of(PassiveHealthConfig.class);
    }
}
