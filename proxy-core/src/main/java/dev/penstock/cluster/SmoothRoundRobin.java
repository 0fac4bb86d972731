// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Weighted round robin without bursts, after nginx: each candidate gains its weight, the richest is chosen and pays what all
 * gained. Whoever is absent for a while neither gains nor pays. Guarded by this: credit.
 */
final class SmoothRoundRobin implements Balancer {
    /** Weak, so that instances which left with a change of DNS are forgotten. */
    private final Map<Instance, Double> credit = new WeakHashMap<>();

    @Override
    public synchronized Candidate choose(List<Candidate> candidates, PickRequest request) {
        Candidate richest = candidates.getFirst();
        double most = Double.NEGATIVE_INFINITY;
        double paid = 0;
        for (Candidate candidate : candidates) {
            double gained = credit.merge(candidate.instance(), candidate.weight(), Double::sum);
            paid += candidate.weight();
            if (gained > most) {
                most = gained;
                richest = candidate;
            }
        }
        credit.put(richest.instance(), most - paid);
        return richest;
    }
}
