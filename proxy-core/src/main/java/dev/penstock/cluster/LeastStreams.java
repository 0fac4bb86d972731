// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import java.util.List;

/**
 * The instance with the fewest streams for its weight; turns among equals, so idle instances share by weight. Thread-safe: the turns
 * guard themselves.
 */
final class LeastStreams implements Balancer {
    private final LeastBy least = new LeastBy();

    @Override
    public Candidate choose(List<Candidate> candidates, PickRequest request) {
        return least.choose(candidates, request, candidate -> candidate.inFlight() / candidate.weight());
    }
}
