// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

/** How a cluster chooses an instance. Immutable. */
public sealed interface BalancerConfig {
    /** Smooth weighted round robin. */
    @Variant("round_robin")
    record RoundRobin() implements BalancerConfig {}

    /** The instance with the fewest streams for its weight. */
    @Variant("least_streams")
    record LeastStreams() implements BalancerConfig {}

    /** The instance with the smallest expected time to first token. */
    @Variant("peak_ewma")
    record PeakEwma() implements BalancerConfig {}

    /** The better of two instances taken at random. */
    @Variant("random_two")
    record RandomTwo() implements BalancerConfig {}

    /** The same key goes to the same instance. */
    @Variant(value = "consistent_hash", inline = true)
    record ConsistentHash(
            @Doc(value = "What is hashed.", standard = "consumer", example = "{header: x-user}")
            HashKey key) implements BalancerConfig {}
}
