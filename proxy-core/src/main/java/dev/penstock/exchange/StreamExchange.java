// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import static java.util.Objects.requireNonNull;

import dev.penstock.admission.Admission;
import dev.penstock.admission.AdmissionRequest;
import dev.penstock.admission.AdmissionTicket;
import dev.penstock.admission.StreamPermits;
import dev.penstock.cluster.Cluster;
import dev.penstock.cluster.InstanceLease;
import dev.penstock.config.ClientAbort;
import dev.penstock.config.RetryCondition;
import dev.penstock.config.RetryConfig;
import dev.penstock.config.StreamConfig;
import dev.penstock.dialect.StreamInspector;
import dev.penstock.dialect.UsageScanner;
import dev.penstock.relay.ClientGoneException;
import dev.penstock.relay.ClientSink;
import dev.penstock.relay.EventStage;
import dev.penstock.relay.RelayProgress;
import dev.penstock.relay.Turn;
import dev.penstock.upstream.UpstreamCall;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The conductor of one request: it walks through the rooms, owns everything that is acquired on the way, and records one
 * outcome.
 *
 * <p>The ownership ladder: the registry entry around everything; in it the permits; in them, for each attempt, the lease and the
 * call. Each is opened in one {@code try} and closed in reverse. The client is told the end after the ladder is closed.
 *
 * <p>One door to cancel: {@link #cancel} settles the outcome if nobody has, then frees the stream thread wherever it is blocked;
 * the thread unwinds and closes the ladder itself.
 *
 * <p>Confined to the stream thread, but for {@link #cancel}, {@link #tick} and the views, which are for every thread.
 */
public final class StreamExchange {
    private static final Logger LOG = LoggerFactory.getLogger(StreamExchange.class);

    /** How long the upstream may take to end its framing after the terminal event. */
    private static final Duration AFTER_TERMINAL = Duration.ofSeconds(1);

    private static final Duration NO_CONNECT_CLOCK = Duration.ofDays(1);

    private final Exchanges rooms;
    private final Generation generation;
    private final ClientRequest request;
    private final BodySource bodySource;
    private final Downstream downstream;
    private final StreamFacts facts = new StreamFacts();
    private final OutcomeCell outcome = new OutcomeCell();
    private final Heartbeats heartbeats;
    private final Account account;

    /** What a cancel has to abort. Written by the stream thread, read by whoever cancels. */
    private final AtomicReference<Blocked> blocked = new AtomicReference<>(Blocked.NOWHERE);

    private StreamConfig settings;
    private RequestBody body = RequestBody.EMPTY;
    private Optional<String> routeModel = Optional.empty();
    private ClientSink sink;

    /** Where the stream thread may be blocked on others, how to free it, and whose clocks run there. Immutable. */
    private record Blocked(Runnable abort, LongConsumer tick) {
        static final Blocked NOWHERE = new Blocked(() -> {}, now -> {});
    }

    StreamExchange(Exchanges rooms, ClientRequest request, BodySource bodySource, Downstream downstream) {
        this.rooms = rooms;
        this.generation = rooms.generation().get();
        this.request = request;
        this.bodySource = bodySource;
        this.downstream = downstream;
        this.sink = downstream;
        this.settings = generation.config().stream();
        this.heartbeats = new Heartbeats(this);
        this.account = new Account(this);
    }

    /** Runs the whole request on the calling thread. When it returns, everything it acquired has been given back. */
    public void run() {
        rooms.registry().add(this);
        try {
            conduct();
        } catch (RefusedException e) {
            account.refused(e.refusal());
            refuse(e.refusal());
        } catch (ClientGoneException e) {
            debug("client gone", e);
            settle(Outcome.CLIENT_DISCONNECT);
            downstream.abort();
        } catch (Throwable e) {
            // The one place that runs a stream: whatever is wrong, only this stream suffers, and it ends visibly.
            failed(e);
        } finally {
            account.leftFrom(facts.phase);
            facts.phase = StreamPhase.FINISH;
            downstream.unwatch();
            rooms.registry().remove(this);
            account.close();
        }
    }

    private void refuse(Refusal refusal) {
        try {
            new Reply(request, downstream).refuse(refusal);
        } catch (ClientGoneException e) {
            debug("client gone before it was refused", e);
            downstream.abort();
        }
    }

    private void failed(Throwable e) {
        LOG.error("stream {}: internal error", id(), e);
        try {
            reply(Failures.of(settle(Outcome.INTERNAL_ERROR)));
        } catch (ClientGoneException gone) {
            debug("client gone before it was told", gone);
            downstream.abort();
        }
        if (e instanceof VirtualMachineError fatal && !(e instanceof StackOverflowError)) {
            throw fatal;
        }
    }

    private void conduct() {
        Accept accept = new Accept(generation, request, rooms.draining().getAsBoolean());
        if (accept.isModelList()) {
            accept.answerModels(downstream);
            return;
        }
        body = accept.body(bodySource);
        facts.bodyReadAt = System.nanoTime();
        facts.bodyBytes = body.length();
        facts.consumer = accept.consumer();
        facts.modelAsked = body.facts().model().orElse("");
        facts.streaming = body.facts().stream();
        downstream.watch(this::departed);
        facts.phase = StreamPhase.ROUTE;
        Routing routing = Routing.of(generation, request, body);
        facts.route = routing.route().name();
        settings = routing.route().stream();
        routeModel = routing.route().model();
        routing.checkSize(body);
        sink = settings.onClientAbort() instanceof ClientAbort.Drain drain
                ? new DrainingSink(downstream, drain, this)
                : downstream;
        Ending ending;
        try (StreamPermits permits = admit(routing)) {
            requireNonNull(permits, "permits");
            facts.admittedAt = System.nanoTime() | 1;
            facts.holdsPermits = true;
            ending = new AttemptLoop(this, routing.chain(), routing.hashKey(facts.consumer, body)).run();
        } finally {
            facts.holdsPermits = false;
        }
        reply(ending);
    }

    /** Words for the client have no place in a body that is not an event stream: such an answer just breaks off. */
    private void reply(Ending ending) {
        boolean words = !facts.relaysBytes || !downstream.isCommitted();
        new Reply(request, downstream).end(words ? ending : new Ending.Told(ending.outcome()), account.inspector());
    }

    private StreamPermits admit(Routing routing) {
        facts.phase = StreamPhase.ADMIT;
        try (AdmissionTicket ticket = rooms.admission()
                .enter(new AdmissionRequest(facts.consumer, routing.route().limiter()))) {
            blockedIn(new Blocked(ticket::cancel, now -> {}));
            Admission admission = ticket.await();
            blockedIn(Blocked.NOWHERE);
            facts.queueNanos = admission.waited().toNanos();
            return switch (admission) {
                case Admission.Admitted(StreamPermits permits, Duration ignored) -> permits;
                case Admission.Refused(Admission.Reason reason, Duration after, Duration ignored) ->
                    throw new RefusedException(Refusals.of(reason, after));
                case Admission.Cancelled ignored -> throw cancelledWhileWaiting();
            };
        }
    }

    private RuntimeException cancelledWhileWaiting() {
        return outcome.get().orElse(Outcome.CLIENT_DISCONNECT) == Outcome.CLIENT_DISCONNECT
                ? new ClientGoneException(new IllegalStateException("left the queue"))
                : new RefusedException(Refusal.of(503, RefusalReason.DRAINING, "This proxy is shutting down."));
    }

    /** Ends this stream with the outcome, unless it has one already. Idempotent, for any thread. */
    public void cancel(Outcome candidate) {
        if (isDelivered(candidate) || !outcome.settle(candidate)) {
            return;
        }
        if (candidate == Outcome.CLIENT_DISCONNECT || candidate == Outcome.SLOW_CLIENT) {
            downstream.breakOff();
        }
        blocked.get().abort().run();
    }

    /** Once the terminal event is there only its delivery can fail: a write that is stuck is the client's doing. */
    private boolean isDelivered(Outcome candidate) {
        return candidate == Outcome.SLOW_CLIENT ? facts.progress.terminalSent() : facts.progress.terminalSeen();
    }

    /** Closes both sides without another word: for a stream that a cancel did not end in time. For any thread. */
    public void evict() {
        cancel(Outcome.SHUTDOWN);
        downstream.breakOff();
        blocked.get().abort().run();
    }

    private void departed() {
        if (facts.progress.terminalSeen()) {
            blocked.get().abort().run();
        } else if (sink instanceof DrainingSink draining && facts.progress.firstEventAt() != 0) {
            draining.departed();
        } else {
            cancel(Outcome.CLIENT_DISCONNECT);
        }
    }

    /** Compares this stream with its clocks. Called by the clocks' thread on every tick; never blocks. */
    void tick(long now) {
        long writing = downstream.writingSince();
        if (writing != 0 && exceeded(now - writing, settings.timeouts().writeStall())) {
            cancel(Outcome.SLOW_CLIENT);
        }
        long admitted = facts.admittedAt;
        if (admitted != 0 && exceeded(now - admitted, settings.timeouts().total())) {
            cancel(writing != 0 ? Outcome.SLOW_CLIENT : Outcome.MAX_DURATION);
        }
        if (facts.progress.terminalSent() && now - facts.progress.terminalSentAt() > AFTER_TERMINAL.toNanos()) {
            blocked.get().abort().run();
        }
        if (sink instanceof DrainingSink draining && draining.isOverdue(now)) {
            blocked.get().abort().run();
        }
        blocked.get().tick().accept(now);
        heartbeats.tick(now);
    }

    private static boolean exceeded(long nanos, Optional<Duration> limit) {
        return limit.isPresent() && nanos > limit.get().toNanos();
    }

    /** Records the outcome if there is none, and returns the one there is. */
    Outcome settle(Outcome candidate) {
        outcome.settle(candidate);
        return outcome.get().orElseThrow();
    }

    Optional<Outcome> outcome() {
        return outcome.get();
    }

    /** From here on the stream thread is, or is about to be, blocked in this. */
    private void blockedIn(Blocked where) {
        blocked.set(where);
        if (outcome.get().isPresent()) {
            where.abort().run();
        }
    }

    void blockedIn(Attempt attempt) {
        blockedIn(new Blocked(attempt::abort, attempt::tick));
    }

    UpstreamCall prepare(Cluster cluster, InstanceLease lease) {
        Optional<String> model = lease.config().model().or(() -> routeModel);
        facts.modelSent = model.orElse(facts.modelAsked);
        return rooms.upstream()
                .call(
                        rooms.targets().target(lease.instance(), cluster.config()),
                        UpstreamMessage.build(request, body, lease.config(), model, asksUsage()),
                        settings.timeouts().connect().orElse(NO_CONNECT_CLOCK));
    }

    private boolean asksUsage() {
        return settings.injectUsage() && body.facts().canAskForUsage();
    }

    boolean hidesUsage() {
        return asksUsage() && !body.facts().usageRequested();
    }

    RetryConfig retry(InstanceLease lease) {
        return generation.cluster(lease.instance().id().cluster()).config().retry();
    }

    boolean retriesErrorEvents(InstanceLease lease) {
        return retry(lease).retries(RetryCondition.Failure.ERROR_EVENT);
    }

    RelayProgress newProgress() {
        RelayProgress fresh = new RelayProgress();
        facts.progress = fresh;
        return fresh;
    }

    void inspects(StreamInspector inspector) {
        account.inspects(inspector);
    }

    void scans(UsageScanner scanner) {
        account.scans(scanner);
    }

    EventStage stage() {
        return EventStage.NONE;
    }

    Turn.Limits turnLimits() {
        return generation.turn();
    }

    ClientSink sink() {
        return sink;
    }

    Downstream downstream() {
        return downstream;
    }

    StreamConfig settings() {
        return settings;
    }

    ClientRequest request() {
        return request;
    }

    StreamFacts facts() {
        return facts;
    }

    Exchanges rooms() {
        return rooms;
    }

    public String id() {
        return request.id();
    }

    /** This stream as it is at this moment. For any thread. */
    public StreamView view() {
        return StreamView.of(this, System.nanoTime());
    }

    /** Whether this stream holds permits now. */
    boolean isAdmitted() {
        return facts.holdsPermits;
    }

    void debug(String what, Throwable e) {
        LOG.debug("stream {}: {}", id(), what, e);
    }
}
