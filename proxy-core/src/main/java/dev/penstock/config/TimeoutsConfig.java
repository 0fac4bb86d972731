// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.time.Duration;
import java.util.Optional;

/** The clocks of a stream; empty is {@code off}. Immutable. */
public record TimeoutsConfig(
        @Doc(
                value = "Time for a client to send its request head; global only, because no route is known before it"
                        + " has come.",
                standard = "10s")
        Optional<Duration> requestHead,

        @Doc(value = "Time for a client to send its request body.", standard = "60s")
        Optional<Duration> requestBody,

        @Doc(value = "Time to connect to an instance, TLS included.", standard = "3s")
        Optional<Duration> connect,

        @Doc(value = "Time from sending the request to the first byte of the body.", standard = "120s")
        Optional<Duration> firstByte,

        @Doc(value = "Longest silence of the upstream inside a stream.", standard = "60s")
        Optional<Duration> idle,

        @Doc(value = "Longest life of a stream.", standard = "30m")
        Optional<Duration> total,

        @Doc(value = "Longest time one write to the client may block.", standard = "30s")
        Optional<Duration> writeStall) {

    public static TimeoutsConfig defaults() {
        return Defaults.of(TimeoutsConfig.class);
    }
}
