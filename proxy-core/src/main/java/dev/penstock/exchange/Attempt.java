// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.cluster.Cluster;
import dev.penstock.cluster.Evidence;
import dev.penstock.cluster.InstanceLease;
import dev.penstock.config.RetryCondition;
import dev.penstock.config.TimeoutsConfig;
import dev.penstock.dialect.StreamInspector;
import dev.penstock.relay.BrokenEncodingException;
import dev.penstock.relay.ChunkSource;
import dev.penstock.relay.ClientGoneException;
import dev.penstock.relay.FirstEvent;
import dev.penstock.relay.RelayProgress;
import dev.penstock.upstream.UpstreamCall;
import dev.penstock.upstream.UpstreamException;
import dev.penstock.upstream.UpstreamHead;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt at one instance: connect, send, wait for the head, relay. It reports to the instance's health what happened, and
 * says whether the failure may be tried elsewhere.
 *
 * <p>Confined to the stream thread, but for {@link #tick}, {@link #abort} and {@link #giveUp}, which are for every thread, and for
 * {@link #openAhead} and {@link #discard}, which in a {@link Race} run on a thread of the attempt's own before it is handed over.
 */
final class Attempt implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

    private final StreamExchange exchange;
    private final Cluster cluster;
    private final InstanceLease lease;
    private final UpstreamCall call;
    private final TimeoutsConfig clocks;
    private final Retries retries;
    private final RelayProgress progress;
    private final long begunAt = System.nanoTime();

    /** When the request went out; 0 before. Written by whoever opens, read by the clocks. */
    private volatile long sentAt;

    /** Set once by the clocks, read by the stream thread after its call was aborted. */
    private volatile @Nullable Outcome expired;

    private Optional<Opening> ahead = Optional.empty();
    private long connectNanos;

    /** What came of it. */
    sealed interface Result {
        /** The exchange ends like this. */
        record Done(Ending ending) implements Result {}

        /** Nothing reached the client, and the configuration allows another attempt, after that time. */
        record Again(String reason, Ending otherwise, Duration after) implements Result {}
    }

    /** What came of the opening. */
    private sealed interface Opening {
        /** Without a setback when the first event is there and tells of no failure. */
        record Answered(UpstreamHead head, ChunkSource body, Optional<Setback> setback) implements Opening {}

        record Broken(Throwable cause) implements Opening {}
    }

    Attempt(StreamExchange exchange, Cluster cluster, InstanceLease lease, Retries retries) {
        this.exchange = exchange;
        this.cluster = cluster;
        this.lease = lease;
        this.call = exchange.prepare(cluster, lease);
        this.clocks = exchange.settings().timeouts();
        this.retries = retries;
        this.progress = exchange.newProgress(lease);
    }

    Result run() {
        adopt();
        exchange.blockedIn(this, lease);
        Result result = attempt();
        count(word(result));
        endedByUs(result).ifPresent(outcome -> exchange.rooms().metrics().upstreamAborted(outcome.word()));
        return result;
    }

    /** From here on this is the attempt that the stream is about. */
    void adopt() {
        StreamFacts facts = exchange.facts();
        facts.phase = StreamPhase.CONNECT;
        facts.relaysEvents = false;
        facts.relaysBytes = false;
        facts.progress = progress;
        facts.cluster = cluster.name();
        facts.instance = lease.config().name();
        facts.modelSent = exchange.modelFor(lease);
    }

    private void count(String word) {
        exchange.rooms()
                .metrics()
                .upstreamRequest(cluster.name(), lease.config().name(), word);
    }

    /** Opens as far as the first event, and keeps what came of it for {@link #run}. */
    void openAhead() {
        try {
            UpstreamHead head = open();
            StreamInspector inspector = exchange.request().dialect().newInspector();
            FirstEvent body = new FirstEvent(call::read, inspector, exchange.eventLimit(), progress);
            ahead = Optional.of(new Opening.Answered(head, body, setback(head, body)));
        } catch (Throwable e) {
            // Nobody is above this thread: the stream thread throws it on.
            ahead = Optional.of(new Opening.Broken(e));
        }
    }

    private Optional<Setback> setback(UpstreamHead head, FirstEvent body) {
        if (retries.areOnStatus(head.status())) {
            return Optional.of(Setback.ofStatus(head.status()));
        }
        boolean readable = BodyCoding.of(head.header("content-encoding")) == BodyCoding.IDENTITY;
        return readable && AnswerRelay.isEventStream(exchange.request(), head)
                ? Setback.ofFirst(body.await())
                : Optional.empty();
    }

    /** Whether what was opened ahead is worth relaying while others are under way. */
    boolean isPromising() {
        return ahead.orElseThrow() instanceof Opening.Answered(var ignored, var body, var setback) && setback.isEmpty();
    }

    /** It has failed, and others are under way: its instance is told, the client is not. */
    void dropOut() {
        Optional<Outcome> brokenOff = exchange.outcome();
        Optional<Setback> setback = setback();
        if (brokenOff.isEmpty()) {
            setback.ifPresent(found -> found.tell(lease));
        }
        if (ahead.orElseThrow() instanceof Opening.Answered(UpstreamHead head, var body, var ignored)) {
            RetryAfter.heed(head, lease);
        }
        count(brokenOff
                .map(Outcome::word)
                .or(() -> setback.map(Setback::word))
                .orElseGet(Outcome.INTERNAL_ERROR::word));
        brokenOff
                .or(() -> Optional.ofNullable(expired))
                .ifPresent(outcome -> exchange.rooms().metrics().upstreamAborted(outcome.word()));
        discard();
        close();
    }

    /** Empty when the instance has nothing to do with it. */
    private Optional<Setback> setback() {
        Outcome clock = expired;
        if (clock != null) {
            return Optional.of(Setback.of(clock));
        }
        return switch (ahead.orElseThrow()) {
            case Opening.Broken(Throwable cause) -> Setback.of(cause);
            case Opening.Answered(var head, var body, var setback) -> setback;
        };
    }

    /** It is given up before its first event. On the stream thread. */
    void gaveNothing() {
        lease.gaveNothing(Duration.ofNanos(System.nanoTime() - begunAt));
    }

    /** One that began later was first. On the stream thread. */
    void outrun() {
        lease.outrun();
    }

    /** It was not the first: its slot is free at once, and its connection is broken off. For any thread. */
    void giveUp(String word) {
        close();
        abort();
        count(word);
    }

    /** Closes the call of an attempt that nobody runs, and that therefore throws nothing on. */
    void discard() {
        sentAt = 0;
        if (ahead.isPresent()
                && ahead.get() instanceof Opening.Broken(Throwable cause)
                && !(cause instanceof UpstreamException)) {
            LOG.error("stream {}: internal error in an attempt that has lost", exchange.id(), cause);
        }
        call.close();
    }

    @Override
    public void close() {
        lease.close();
    }

    private static String word(Result result) {
        return switch (result) {
            case Result.Done(Ending ending) -> ending.outcome().word();
            case Result.Again(String reason, Ending ignored, Duration after) -> reason;
        };
    }

    /** The outcomes for which we close a call that the upstream would have gone on with. */
    private static Optional<Outcome> endedByUs(Result result) {
        Outcome outcome = switch (result) {
            case Result.Done(Ending ending) -> ending.outcome();
            case Result.Again(String ignored, Ending otherwise, Duration after) -> otherwise.outcome();
        };
        return switch (outcome) {
            case COMPLETED, UPSTREAM_ERROR, UPSTREAM_TRUNCATED, CONNECT_FAILED -> Optional.empty();
            default -> Optional.of(outcome);
        };
    }

    private Result attempt() {
        try (call) {
            Opening.Answered answer = opened();
            return new AnswerRelay(exchange, lease, answer.body(), answer.head(), retries).run();
        } catch (UpstreamException e) {
            return failed(e, Setback.evidence(e.kind()), condition(e.kind()), Failures.of(e.kind()));
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
        progress.giveUp();
        call.abort();
    }

    /** Compares this attempt with its clocks. Called by the clocks' thread. */
    void tick(long now) {
        long sent = sentAt;
        if (sent == 0 || expired != null) {
            return;
        }
        call.tick(now);
        long reading = progress.readingSince();
        if (progress.firstEventAt() == 0) {
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

    /** The answer, from a race or from here. */
    private Opening.Answered opened() {
        try {
            return switch (ahead.orElseGet(this::openHere)) {
                case Opening.Answered answer -> answer;
                case Opening.Broken(UpstreamException e) -> throw e;
                case Opening.Broken(Error e) -> throw e;
                case Opening.Broken(Throwable e) -> throw new IllegalStateException("an attempt broke in a race", e);
            };
        } finally {
            exchange.facts().connectNanos = connectNanos;
        }
    }

    private Opening openHere() {
        long start = System.nanoTime();
        try {
            return new Opening.Answered(open(), call::read, Optional.empty());
        } finally {
            exchange.facts().upstreamWaitNanos += System.nanoTime() - start;
        }
    }

    private UpstreamHead open() {
        long start = System.nanoTime();
        try {
            call.connect();
        } finally {
            connectNanos = System.nanoTime() - start;
        }
        sentAt = System.nanoTime() | 1;
        return call.head();
    }

    private Result failed(RuntimeException e, Evidence evidence, RetryCondition.Failure condition, Ending ending) {
        exchange.debug("upstream failed", e);
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
        Setback.of(clock).tell(lease);
        return again(RetryCondition.Failure.FIRST_BYTE_TIMEOUT, Failures.of(clock));
    }

    private Result again(RetryCondition.Failure condition, Ending ending) {
        String reason = condition.name().toLowerCase(Locale.ROOT);
        boolean allowed = !exchange.downstream().isCommitted() && retries.areOn(condition) && retries.grant(reason);
        return allowed ? new Result.Again(reason, ending, Duration.ZERO) : done(ending);
    }

    private Result done(Ending ending) {
        return new Result.Done(exchange.settle(ending));
    }

    private static RetryCondition.Failure condition(UpstreamException.Kind kind) {
        return switch (kind) {
            case CONNECT_FAILED, CONNECT_TIMEOUT -> RetryCondition.Failure.CONNECT_FAILED;
            case TRUNCATED, NO_RESPONSE, RESET, ABORTED -> RetryCondition.Failure.RESET;
        };
    }
}
