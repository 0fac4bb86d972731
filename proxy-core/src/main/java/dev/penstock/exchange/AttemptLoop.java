// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.cluster.Cluster;
import dev.penstock.cluster.InstanceId;
import dev.penstock.cluster.InstanceLease;
import dev.penstock.cluster.Pick;
import dev.penstock.cluster.PickRequest;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Picks an instance and attempts, again on another instance, and then along the route's chain of clusters, for as long as
 * nothing has reached the client and attempts, budget and time allow.
 *
 * <p>Confined to the stream thread.
 */
final class AttemptLoop {
    private final StreamExchange exchange;
    private final List<Cluster> chain;
    private final Optional<String> hashKey;
    private final long startedAt = System.nanoTime();
    private final Set<InstanceId> tried = new HashSet<>();
    private Optional<Ending> lastFailure = Optional.empty();

    AttemptLoop(StreamExchange exchange, List<Cluster> chain, Optional<String> hashKey) {
        this.exchange = exchange;
        this.chain = chain;
        this.hashKey = hashKey;
    }

    Ending run() {
        for (int i = 0; i < chain.size(); i++) {
            Optional<Ending> ending = attemptsAt(chain.get(i), i == chain.size() - 1);
            if (ending.isPresent()) {
                return ending.get();
            }
        }
        Ending ending = lastFailure.orElseThrow(() -> new RefusedException(Refusal.of(
                503, RefusalReason.NO_HEALTHY_INSTANCE, "No model server is configured to take this request.")));
        return exchange.settle(ending);
    }

    /** Empty when this cluster has nothing more to offer and another may. */
    private Optional<Ending> attemptsAt(Cluster cluster, boolean lastCluster) {
        cluster.retryBudget().requested();
        ClusterAttempts attempts = new ClusterAttempts(exchange, cluster, hashKey, tried, startedAt, lastCluster);
        do {
            Optional<InstanceLease> picked = pick(cluster, attempts, lastCluster);
            if (picked.isEmpty()) {
                return Optional.empty();
            }
            switch (attempt(attempts, picked.get())) {
                case Attempt.Result.Done(Ending ending) -> {
                    return Optional.of(ending);
                }
                case Attempt.Result.Again(String ignored, Ending otherwise, Duration after) -> {
                    lastFailure = Optional.of(otherwise);
                    pause(after);
                }
            }
        } while (attempts.goOn() && exchange.outcome().isEmpty());
        return exchange.outcome().map(Failures::of);
    }

    private static Attempt.Result attempt(ClusterAttempts attempts, InstanceLease picked) {
        try (InstanceLease lease = picked) {
            return attempts.run(lease);
        }
    }

    /** Waits, holding no slot of an instance, unless the stream is ended meanwhile. */
    private void pause(Duration time) {
        if (!time.isPositive()) {
            return;
        }
        CountDownLatch freed = new CountDownLatch(1);
        exchange.blockedIn(Cancellation.Place.of(freed::countDown));
        long begun = System.nanoTime();
        try {
            var ignored = freed.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            exchange.facts().upstreamWaitNanos += System.nanoTime() - begun;
        }
    }

    /**
     * An instance that was not tried yet if there is one, else any. Without one the request is refused if this was its first
     * attempt and no other cluster is left.
     */
    private Optional<InstanceLease> pick(Cluster cluster, ClusterAttempts attempts, boolean lastCluster) {
        exchange.facts().phase = StreamPhase.PICK;
        Pick pick = cluster.pick(attempts.others());
        if (!(pick instanceof Pick.Leased) && !tried.isEmpty()) {
            pick = cluster.pick(new PickRequest(hashKey, Set.of()));
        }
        return switch (pick) {
            case Pick.Leased(InstanceLease lease) -> Optional.of(lease);
            case Pick.NoneHealthy(Duration after) ->
                none(
                        lastCluster,
                        RefusalReason.NO_HEALTHY_INSTANCE,
                        "No model server is available for this model.",
                        after);
            case Pick.Saturated(Duration after) ->
                none(lastCluster, RefusalReason.INSTANCE_CAP, "Every model server for this model is busy.", after);
        };
    }

    private Optional<InstanceLease> none(boolean lastCluster, RefusalReason reason, String message, Duration after) {
        if (lastCluster && lastFailure.isEmpty()) {
            throw new RefusedException(Refusal.of(503, reason, message).withRetryAfter(after));
        }
        return Optional.empty();
    }
}
