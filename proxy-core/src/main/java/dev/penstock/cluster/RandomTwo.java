// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import java.util.List;
import java.util.function.DoubleSupplier;

/** Of two drawn at random by weight, the one with fewer streams for its weight. Thread-safe: its randomness is. */
final class RandomTwo implements Balancer {
    private final DoubleSupplier random;

    RandomTwo(DoubleSupplier random) {
        this.random = random;
    }

    @Override
    public Candidate choose(List<Candidate> candidates, PickRequest request) {
        Candidate one = draw(candidates);
        if (candidates.size() == 1) {
            return one;
        }
        Candidate other = draw(
                candidates.stream().filter(candidate -> !candidate.equals(one)).toList());
        return load(other) < load(one) ? other : one;
    }

    private Candidate draw(List<Candidate> candidates) {
        double rest = random.getAsDouble()
                * candidates.stream().mapToDouble(Candidate::weight).sum();
        for (Candidate candidate : candidates) {
            rest -= candidate.weight();
            if (rest < 0) {
                return candidate;
            }
        }
        return candidates.getLast();
    }

    private static double load(Candidate candidate) {
        return candidate.inFlight() / candidate.weight();
    }
}
