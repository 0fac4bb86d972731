// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.Optional;

/** The bounds of a stream; empty is {@code off}. Immutable. */
public record LimitsConfig(
        @Doc(value = "Largest request body.", standard = "64MiB")
        Optional<ByteSize> requestBody,

        @Doc(
                value = "Largest single event, and largest body that plugins are shown (if off, 8MiB of body).",
                standard = "8MiB")
        Optional<ByteSize> event,

        @Doc(value = "Largest response.", standard = "off", example = "256MiB")
        Optional<ByteSize> response,

        @Doc(value = "Pace of one stream in events.", standard = "off", example = "100")
        Optional<Integer> eventsPerSecond,

        @Doc(value = "Pace of one stream in bytes.", standard = "off", example = "256KiB")
        Optional<ByteSize> bytesPerSecond) {

    public static LimitsConfig defaults() {
        return Defaults.of(LimitsConfig.class);
    }
}
