// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.cluster.Evidence;
import dev.penstock.cluster.InstanceLease;
import dev.penstock.config.RetryCondition;
import dev.penstock.config.TimeoutsConfig;
import dev.penstock.relay.BrokenEncodingException;
import dev.penstock.relay.ClientGoneException;
import dev.penstock.relay.RelayProgress;
import dev.penstock.upstream.UpstreamCall;
import dev.penstock.upstream.UpstreamException;
import dev.penstock.upstream.UpstreamHead;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at one instance: connect, send, wait for the head, relay. It reports to the instance's health what happened, and
 * says whether the failure may be tried elsewhere.
 *
 * <p>Confined to the stream thread, but for {@link #tick} and {@link #abort}, which the clocks and {@code cancel} call.
 */
final class Attempt {
    private final StreamExchange exchange;
    private final InstanceLease lease;
    private final UpstreamCall call;
    private final TimeoutsConfig clocks;
    private final Retries retries;

    /** When the request went out; 0 before. Written by the stream thread, read by the clocks. */
    private volatile long sentAt;

    /** Set once by the clocks, read by the stream thread after its call was aborted. */
    private volatile @Nullable Outcome expired;

    /** What came of it. */
    sealed interface Result {
        /** The exchange ends like this. */
        record Done(Ending ending) implements Result {}

        /** Nothing reached the client, and the configuration allows another attempt. */
        record Again(String reason, Ending otherwise) implements Result {}
    }

    Attempt(StreamExchange exchange, InstanceLease lease, UpstreamCall call, Retries retries) {
        this.exchange = exchange;
        this.lease = lease;
        this.call = call;
        this.clocks = exchange.settings().timeouts();
        this.retries = retries;
    }

    Result run() {
        Result result = attempt();
        StreamFacts facts = exchange.facts();
        exchange.rooms().metrics().upstreamRequest(facts.cluster, facts.instance, word(result));
        Optional<Outcome> ours = endedByUs(result);
        ours.ifPresent(outcome -> exchange.rooms().metrics().upstreamAborted(outcome.word()));
        return result;
    }

    private static String word(Result result) {
        return switch (result) {
            case Result.Done(Ending ending) -> ending.outcome().word();
            case Result.Again(String reason, Ending ignored) -> reason;
        };
    }

    /** The outcomes for which we close a call that the upstream would have gone on with. */
    private static Optional<Outcome> endedByUs(Result result) {
        Outcome outcome = switch (result) {
            case Result.Done(Ending ending) -> ending.outcome();
            case Result.Again(String ignored, Ending otherwise) -> otherwise.outcome();
        };
        return switch (outcome) {
            case COMPLETED, UPSTREAM_ERROR, UPSTREAM_TRUNCATED, CONNECT_FAILED -> Optional.empty();
            default -> Optional.of(outcome);
        };
    }

    private Result attempt() {
        try (call) {
            connect();
            UpstreamHead head = head();
            return new AnswerRelay(exchange, lease, call, head, retries).run();
        } catch (UpstreamException e) {
            return failed(e, evidence(e.kind()), condition(e.kind()), Failures.of(e.kind()));
        } catch (BrokenEncodingException e) {
            return failed(e, Evidence.TRUNCATED, RetryCondition.Failure.RESET, Failures.of(e.kind()));
        } catch (ClientGoneException e) {
            return new Result.Done(Failures.of(exchange.settle(Outcome.CLIENT_DISCONNECT)));
        } finally {
            sentAt = 0;
        }
    }

    /** Frees the stream thread wherever this attempt holds it. For any thread. */
    void abort() {
        exchange.facts().progress.giveUp();
        call.abort();
    }

    /** Compares this attempt with its clocks. Called by the clocks' thread. */
    void tick(long now) {
        long sent = sentAt;
        if (sent == 0 || expired != null) {
            return;
        }
        StreamFacts facts = exchange.facts();
        long reading = facts.progress.readingSince();
        if (facts.progress.firstEventAt() == 0) {
            expire(now - sent, clocks.firstByte(), Outcome.FIRST_BYTE_TIMEOUT);
        } else if (reading != 0) {
            expire(now - reading, clocks.idle(), Outcome.IDLE_TIMEOUT);
        }
    }

    private void expire(long elapsed, Optional<Duration> limit, Outcome outcome) {
        if (limit.isPresent() && elapsed > limit.get().toNanos()) {
            expired = outcome;
            call.abort();
        }
    }

    private void connect() {
        StreamFacts facts = exchange.facts();
        facts.phase = StreamPhase.CONNECT;
        long start = System.nanoTime();
        try {
            call.connect();
        } finally {
            facts.connectNanos = System.nanoTime() - start;
            facts.upstreamWaitNanos += facts.connectNanos;
        }
    }

    private UpstreamHead head() {
        StreamFacts facts = exchange.facts();
        long start = System.nanoTime() | 1;
        sentAt = start;
        try {
            return call.head();
        } finally {
            facts.upstreamWaitNanos += System.nanoTime() - start;
        }
    }

    private Result failed(RuntimeException e, Evidence evidence, RetryCondition.Failure condition, Ending ending) {
        exchange.debug("upstream failed", e);
        RelayProgress progress = exchange.facts().progress;
        if (progress.terminalSeen() && !progress.errorSeen()) {
            lease.succeeded();
            return new Result.Done(new Ending.Whole(exchange.settle(Outcome.COMPLETED)));
        }
        if (exchange.outcome().isPresent()) {
            return new Result.Done(Failures.of(exchange.outcome().get()));
        }
        if (progress.errorSeen()) {
            return reported(progress.terminalSeen());
        }
        Outcome clock = expired;
        if (clock != null) {
            return expired(clock);
        }
        lease.failed(evidence, ending.outcome().word());
        return again(condition, ending);
    }

    /** The upstream told the client of its failure before it went; nothing is added to that. */
    private Result reported(boolean terminal) {
        lease.failed(Evidence.ERROR_EVENT, "error event");
        return done(terminal ? new Ending.Whole(Outcome.UPSTREAM_ERROR) : new Ending.Told(Outcome.UPSTREAM_ERROR));
    }

    private Result expired(Outcome clock) {
        boolean first = clock == Outcome.FIRST_BYTE_TIMEOUT;
        lease.failed(first ? Evidence.FIRST_BYTE_TIMEOUT : Evidence.IDLE_STALL, clock.word());
        return again(RetryCondition.Failure.FIRST_BYTE_TIMEOUT, Failures.of(clock));
    }

    private Result again(RetryCondition.Failure condition, Ending ending) {
        String reason = condition.name().toLowerCase(Locale.ROOT);
        boolean allowed = !exchange.downstream().isCommitted() && retries(condition) && retries.grant(reason);
        return allowed ? new Result.Again(reason, ending) : done(ending);
    }

    private boolean retries(RetryCondition.Failure condition) {
        return exchange.generation()
                .cluster(lease.instance().id().cluster())
                .config()
                .retry()
                .retries(condition);
    }

    private Result done(Ending ending) {
        return new Result.Done(exchange.settle(ending));
    }

    private static Evidence evidence(UpstreamException.Kind kind) {
        return switch (kind) {
            case CONNECT_FAILED, CONNECT_TIMEOUT -> Evidence.CONNECT_FAILED;
            case TRUNCATED -> Evidence.TRUNCATED;
            case NO_RESPONSE, RESET, ABORTED -> Evidence.RESET;
        };
    }

    private static RetryCondition.Failure condition(UpstreamException.Kind kind) {
        return switch (kind) {
            case CONNECT_FAILED, CONNECT_TIMEOUT -> RetryCondition.Failure.CONNECT_FAILED;
            case TRUNCATED, NO_RESPONSE, RESET, ABORTED -> RetryCondition.Failure.RESET;
        };
    }
}
