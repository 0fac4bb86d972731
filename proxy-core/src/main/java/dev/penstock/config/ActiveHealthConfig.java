// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.time.Duration;
import java.util.Optional;

/** Probes. Immutable. */
@Shorthand("path")
public record ActiveHealthConfig(
        @Doc(value = "Path of an HTTP probe; off sends none.", standard = "off", example = "/health")
        Optional<String> path,

        @Doc(value = "An HTTP request, or a TCP connection alone.", standard = "http")
        ProbeType type,

        @Doc(value = "Time between two probes of one instance.", standard = "1s")
        Duration interval,

        @Doc(value = "Time a probe may take.", standard = "1s")
        Duration timeout,

        @Doc(value = "Good probes in a row that make an instance healthy.", standard = "2")
        int healthyAfter,

        @Doc(value = "Bad probes in a row that make it unhealthy.", standard = "3")
        int unhealthyAfter,

        @Doc(value = "Statuses of a good HTTP probe.", standard = "200-299", example = "200")
        StatusRange status) {
    public ActiveHealthConfig {
        if (path.isPresent() && !path.get().startsWith("/")) {
            throw new IllegalArgumentException("path: must start with / (or be off)");
        }
    }

    /** What a probe is. */
    public enum ProbeType {
        HTTP,
        TCP
    }

    /** Whether probes are sent at all. */
    public boolean enabled() {
        return type == ProbeType.TCP || path.isPresent();
    }

    public static ActiveHealthConfig defaults() {
        return Defaults.of(ActiveHealthConfig.class);
    }
}
