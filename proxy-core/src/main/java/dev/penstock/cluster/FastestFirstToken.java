// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;

/**
 * Peak EWMA: the smallest expected time to first token, multiplied with the streams in flight. An instance of which nothing is
 * known is tried with one stream; until that has answered, it counts as very slow. Thread-safe: the statistics guard
 * themselves.
 */
final class FastestFirstToken implements Balancer {
    private static final double NO_ANSWER_YET_SECONDS = 1e6;

    private final LeastBy least = new LeastBy();
    private final LongSupplier nanoTime;

    FastestFirstToken(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public Candidate choose(List<Candidate> candidates, PickRequest request) {
        long now = nanoTime.getAsLong();
        return least.choose(candidates, request, candidate -> cost(candidate, now));
    }

    private static double cost(Candidate candidate, long now) {
        OptionalDouble expected = candidate.instance().timeToFirstToken().seconds(now);
        int streams = candidate.inFlight();
        return expected.isPresent()
                ? expected.getAsDouble() * (streams + 1) / candidate.weight()
                : NO_ANSWER_YET_SECONDS * streams / candidate.weight();
    }
}
