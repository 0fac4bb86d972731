// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.cluster.Cluster;
import dev.penstock.cluster.InstanceId;
import dev.penstock.cluster.InstanceLease;
import dev.penstock.cluster.Pick;
import dev.penstock.cluster.PickRequest;
import dev.penstock.config.RetryConfig;
import dev.penstock.upstream.UpstreamCall;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
        for (int attempt = 1; ; attempt++) {
            Optional<InstanceLease> picked = pick(cluster, lastCluster);
            if (picked.isEmpty()) {
                return Optional.empty();
            }
            Further further = new Further(cluster, attempt, lastCluster);
            try (InstanceLease lease = picked.get()) {
                switch (attempt(cluster, lease, further)) {
                    case Attempt.Result.Done(Ending ending) -> {
                        return Optional.of(ending);
                    }
                    case Attempt.Result.Again(String ignored, Ending otherwise) -> {
                        lastFailure = Optional.of(otherwise);
                        if (!further.here) {
                            return Optional.empty();
                        }
                    }
                }
            }
        }
    }

    /** What may follow one attempt: another at the same cluster, or one at the next. Confined to the stream thread. */
    private final class Further implements Retries {
        private final Cluster cluster;
        private final int attempt;
        private final boolean lastCluster;
        private boolean here;

        Further(Cluster cluster, int attempt, boolean lastCluster) {
            this.cluster = cluster;
            this.attempt = attempt;
            this.lastCluster = lastCluster;
        }

        @Override
        public boolean arePossible() {
            return exchange.outcome().isEmpty() && (hasAttemptsHere() || !lastCluster);
        }

        @Override
        public boolean haveOthers() {
            return !lastCluster
                    || cluster.members().stream()
                            .anyMatch(
                                    member -> !tried.contains(member.instance().id()));
        }

        @Override
        public boolean grant(String reason) {
            if (!arePossible()) {
                return false;
            }
            here = hasAttemptsHere() && cluster.retryBudget().tryRetry();
            boolean granted = here || !lastCluster;
            if (granted) {
                exchange.rooms().metrics().retried(reason);
            }
            return granted;
        }

        private boolean hasAttemptsHere() {
            RetryConfig retry = cluster.config().retry();
            return attempt < retry.attempts() && within(retry);
        }
    }

    private boolean within(RetryConfig retry) {
        return System.nanoTime() - startedAt < retry.within().toNanos();
    }

    private Attempt.Result attempt(Cluster cluster, InstanceLease lease, Retries retries) {
        StreamFacts facts = exchange.facts();
        facts.attempted();
        facts.mayRetry = retries.arePossible();
        facts.relaysEvents = false;
        facts.relaysBytes = false;
        facts.progress = exchange.newProgress(lease);
        facts.cluster = cluster.name();
        facts.instance = lease.config().name();
        tried.add(lease.instance().id());
        UpstreamCall call = exchange.prepare(cluster, lease);
        Attempt attempt = new Attempt(exchange, lease, call, retries);
        exchange.blockedIn(attempt, lease);
        return attempt.run();
    }

    /**
     * An instance that was not tried yet if there is one, else any. Without one the request is refused if this was its first
     * attempt and no other cluster is left.
     */
    private Optional<InstanceLease> pick(Cluster cluster, boolean lastCluster) {
        exchange.facts().phase = StreamPhase.PICK;
        Pick pick = cluster.pick(new PickRequest(hashKey, tried));
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
