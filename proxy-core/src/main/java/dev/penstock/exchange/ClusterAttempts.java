// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.cluster.Cluster;
import dev.penstock.cluster.InstanceId;
import dev.penstock.cluster.InstanceLease;
import dev.penstock.cluster.Pick;
import dev.penstock.cluster.PickRequest;
import dev.penstock.config.RetryCondition;
import dev.penstock.config.RetryConfig;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * The attempts of one request at one cluster: how many there were, and what may follow the one under way, which is another here or
 * one at the next cluster. A hedge is an attempt like any other: it is counted, and paid for.
 *
 * <p>Confined to the stream thread, but for what only reads the configuration.
 */
final class ClusterAttempts implements Retries {
    private final StreamExchange exchange;
    private final Cluster cluster;
    private final Optional<String> hashKey;
    private final Set<InstanceId> tried;
    private final long startedAt;
    private final boolean lastCluster;
    private int begun;
    private boolean onwards;
    private boolean here;

    /** @param tried every instance that the request was sent to, at any cluster; attempts are added */
    ClusterAttempts(
            StreamExchange exchange,
            Cluster cluster,
            Optional<String> hashKey,
            Set<InstanceId> tried,
            long startedAt,
            boolean lastCluster) {
        this.exchange = exchange;
        this.cluster = cluster;
        this.hashKey = hashKey;
        this.tried = tried;
        this.startedAt = startedAt;
        this.lastCluster = lastCluster;
    }

    /** One attempt, or two at once where that is configured and the first is slow. */
    Attempt.Result run(InstanceLease lease) {
        here = false;
        onwards = false;
        Attempt first = begin(lease);
        Optional<Duration> hedgeAfter = cluster.config().retry().hedgeAfter();
        return hedgeAfter.isPresent() && hasAttempts()
                ? new Race(exchange, this::hedge).run(first, hedgeAfter.get())
                : first.run();
    }

    /** Whether the next attempt that was granted is one at this cluster. */
    boolean goOn() {
        return here;
    }

    /** Somebody whom this request has not been sent to. */
    PickRequest others() {
        return new PickRequest(hashKey, tried);
    }

    private Attempt begin(InstanceLease lease) {
        begun++;
        exchange.facts().attempted();
        exchange.facts().mayRetry = arePossible();
        tried.add(lease.instance().id());
        return new Attempt(exchange, cluster, lease, this);
    }

    /**
     * A second attempt beside the first, if there is somebody to ask who has not asked for peace, and anything left to pay with.
     * The pick comes last, for it takes a turn and perhaps a trial; should others have been quicker to what was offered, the
     * price is not paid back: that is rare, and rather too few attempts than too many.
     */
    private Optional<Attempt> hedge() {
        boolean allowed = exchange.outcome().isEmpty()
                && hasAttempts()
                && !exchange.downstream().isCommitted()
                && cluster.offers(others())
                && cluster.retryBudget().tryRetry();
        if (!allowed || !(cluster.pick(others()) instanceof Pick.Leased(InstanceLease lease))) {
            return Optional.empty();
        }
        try {
            Attempt second = begin(lease);
            exchange.rooms().metrics().retried("hedge");
            return Optional.of(second);
        } catch (Throwable e) {
            lease.close();
            throw e;
        }
    }

    @Override
    public boolean areOn(RetryCondition.Failure failure) {
        return retry().retries(failure);
    }

    @Override
    public boolean areOnStatus(int status) {
        return retry().retriesStatus(status);
    }

    @Override
    public boolean arePossible() {
        return exchange.outcome().isEmpty() && (hasAttempts() || !lastCluster);
    }

    @Override
    public Optional<Duration> pauseAfter(Optional<Duration> asked) {
        if (cluster.offers(others())) {
            return Optional.of(Duration.ZERO);
        }
        if (!lastCluster) {
            onwards = true;
            return Optional.of(Duration.ZERO);
        }
        return asked.filter(pause -> pause.compareTo(timeLeft()) < 0);
    }

    @Override
    public boolean grant(String reason) {
        if (!arePossible()) {
            return false;
        }
        here = !onwards && hasAttempts() && cluster.retryBudget().tryRetry();
        boolean granted = here || !lastCluster;
        if (granted) {
            exchange.rooms().metrics().retried(reason);
        }
        return granted;
    }

    private boolean hasAttempts() {
        return begun < retry().attempts() && timeLeft().isPositive();
    }

    private Duration timeLeft() {
        return retry().within().minusNanos(System.nanoTime() - startedAt);
    }

    private RetryConfig retry() {
        return cluster.config().retry();
    }
}
