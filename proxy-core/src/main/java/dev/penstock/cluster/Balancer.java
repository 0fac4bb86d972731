// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import dev.penstock.config.BalancerConfig;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/** A way to choose. It is given those who are usable and free at this moment and keeps no list of its own. Thread-safe. */
interface Balancer {

    /** One of the candidates, of which there is at least one; all weights are above zero. */
    Candidate choose(List<Candidate> candidates, PickRequest request);

    static Balancer of(BalancerConfig config, LongSupplier nanoTime, DoubleSupplier random) {
        return switch (config) {
            case BalancerConfig.RoundRobin _ -> new SmoothRoundRobin();
            case BalancerConfig.LeastStreams _ -> new LeastStreams();
            case BalancerConfig.PeakEwma _ -> new FastestFirstToken(nanoTime);
            case BalancerConfig.RandomTwo _ -> new RandomTwo(random);
            case BalancerConfig.ConsistentHash _ -> new ConsistentHash();
        };
    }
}
