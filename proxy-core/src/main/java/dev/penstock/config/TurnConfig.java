// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.time.Duration;
import java.util.Optional;

/** What a stream may do before it yields its carrier; each bound may be {@code off} (empty). Immutable. */
public record TurnConfig(
        @Doc(value = "Events in one turn.", standard = "64") Optional<Integer> events,

        @Doc(value = "Bytes in one turn.", standard = "64KiB")
        Optional<ByteSize> bytes,

        @Doc(value = "Running time in one turn.", standard = "2ms")
        Optional<Duration> time) {

    public static TurnConfig defaults() {
        return Defaults.of(TurnConfig.class);
    }
}
