// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.Optional;

/** Caps of this process, and the defaults of the caps below it. An empty cap is {@code off}. Immutable. */
public record WorkerConfig(
        @Doc(value = "Streams at once in this process.", standard = "1000")
        int maxStreams,

        @Doc(
                value = "Streams at once on a route that has no max_streams of its own.",
                standard = "off",
                example = "500")
        Optional<Integer> maxStreamsPerRoute,

        @Doc(
                value = "Streams at once on an instance that has no max_streams of its own.",
                standard = "off",
                example = "100")
        Optional<Integer> maxStreamsPerInstance,

        @Doc(value = "Streams at once of one consumer.", standard = "off", example = "20")
        Optional<Integer> maxStreamsPerConsumer,

        @Doc("Requests that wait for a free place.") QueueConfig queue,

        @Doc("What a stream may relay before it lets others run.")
        TurnConfig turn) {

    public static WorkerConfig defaults() {
        return Defaults.of(WorkerConfig.class);
    }
}
