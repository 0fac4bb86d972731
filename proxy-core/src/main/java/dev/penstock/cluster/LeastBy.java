// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Chooses where a cost is least, and takes turns by weight among equals. Thread-safe: the turns guard themselves. */
final class LeastBy {
    private final SmoothRoundRobin turns = new SmoothRoundRobin();

    Candidate choose(List<Candidate> candidates, PickRequest request, ToDoubleFunction<Candidate> cost) {
        List<Candidate> cheapest = new ArrayList<>();
        double least = Double.POSITIVE_INFINITY;
        for (Candidate candidate : candidates) {
            double own = cost.applyAsDouble(candidate);
            if (own < least) {
                cheapest.clear();
                least = own;
            }
            if (own <= least) {
                cheapest.add(candidate);
            }
        }
        return turns.choose(cheapest, request);
    }
}
