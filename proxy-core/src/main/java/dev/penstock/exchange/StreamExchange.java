// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import static java.util.Objects.requireNonNull;

import dev.penstock.admission.Admission;
import dev.penstock.admission.AdmissionRequest;
import dev.penstock.admission.AdmissionTicket;
import dev.penstock.admission.StreamPermits;
import dev.penstock.cluster.Cluster;
import dev.penstock.cluster.InstanceLease;
import dev.penstock.config.ByteSize;
import dev.penstock.config.ClientAbort;
import dev.penstock.config.StreamConfig;
import dev.penstock.plugin.PluginFailure;
import dev.penstock.plugin.PluginHold;
import dev.penstock.plugin.StreamHooks;
import dev.penstock.plugin.SummaryFacts;
import dev.penstock.relay.ClientGoneException;
import dev.penstock.relay.ClientSink;
import dev.penstock.relay.RelayProgress;
import dev.penstock.routing.Route;
import dev.penstock.upstream.UpstreamCall;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The conductor of one request: it walks through the rooms, owns everything that is acquired on the way, and records one
 * outcome.
 *
 * <p>The ownership ladder: the registry entry around everything; in it the plugins' hooks; in them the permits; in those, for
 * each attempt, the lease and the call. Each is opened in one {@code try} and closed in reverse. The client is told the end when
 * permits, lease and call have been given back; the hooks are finished last, so a slow plugin holds no capacity.
 *
 * <p>Beyond 400 lines because the ladder is one thing: what opens and what closes stands where it can be read in one piece. What is
 * done on a rung is elsewhere.
 *
 * <p>One door to cancel: {@link #cancel}, see {@link Cancellation}.
 *
 * <p>Confined to the stream thread, but for {@link #cancel}, {@link #evict}, {@link #tick} and {@link #view}, which are for every
 * thread.
 */
public final class StreamExchange {
    private static final Logger LOG = LoggerFactory.getLogger(StreamExchange.class);
    private static final Duration NO_CONNECT_CLOCK = Duration.ofDays(1);

    private final Exchanges rooms;
    private final Generation generation;
    private final PluginHold plugins;
    private final BodySource bodySource;
    private final Downstream downstream;
    private final StreamFacts facts = new StreamFacts();
    private final Cancellation cancellation = new Cancellation();
    private final Watch watch = new Watch(this, cancellation);
    private final Account account = new Account(this);

    /** The request as the client made it, then as the plugins have. Written by the stream thread, read by operators. */
    private volatile ClientRequest request;

    /** The global settings, then the route's. Written by the stream thread, read by the clocks. */
    private volatile StreamConfig settings;

    /** Written by the stream thread, read by whoever cancels. */
    private volatile StreamHooks hooks = StreamHooks.none();

    /** Written by the stream thread, read by whoever notices that the client has left. */
    private volatile ClientSink sink;

    /** What is to be given back if the stream thread never returns from a plugin. Written by the stream thread. */
    private volatile Optional<AutoCloseable> permits = Optional.empty();

    /** The slot of the latest attempt, for the same case. Written by the stream thread. */
    private volatile Optional<AutoCloseable> lease = Optional.empty();

    private RequestBody body = RequestBody.EMPTY;
    private Duration bodyTook = Duration.ZERO;
    private Optional<String> model = Optional.empty();

    StreamExchange(
            Exchanges rooms,
            Exchanges.Taken taken,
            ClientRequest request,
            BodySource bodySource,
            Downstream downstream) {
        this.rooms = rooms;
        this.generation = taken.generation();
        this.plugins = taken.plugins();
        this.request = request;
        this.bodySource = bodySource;
        this.downstream = downstream;
        this.sink = downstream;
        this.settings = generation.config().stream();
    }

    /** Runs the whole request on the calling thread. When it returns, everything it acquired has been given back. */
    public void run() {
        rooms.registry().add(this);
        try {
            conduct();
        } catch (RefusedException e) {
            account.refused(e.refusal());
            refuse(leavesBody(e.refusal()) ? e.refusal().closing() : e.refusal());
        } catch (ClientGoneException e) {
            debug("client gone", e);
            settle(Outcome.CLIENT_DISCONNECT);
            downstream.abort();
        } catch (Throwable e) {
            // The one place that runs a stream: whatever is wrong, only this stream suffers, and it ends visibly.
            failed(e);
        } finally {
            finish();
        }
    }

    private void finish() {
        try (plugins) {
            account.leftFrom(facts.phase);
            facts.phase = StreamPhase.FINISH;
            downstream.unwatch();
            rooms.registry().remove(this);
            hooks.finish(account.endedAs(), summary());
        } finally {
            account.close();
        }
    }

    /** Whether a body may be on its way behind a request that is refused before anybody has read it. */
    private boolean leavesBody(Refusal refusal) {
        return facts.bodyReadAt == 0 && !refusal.close() && !bodySource.discard();
    }

    private void refuse(Refusal refusal) {
        try {
            reply().refuse(refusal);
        } catch (ClientGoneException e) {
            debug("client gone before it was refused", e);
            downstream.abort();
        }
    }

    private void failed(Throwable e) {
        LOG.error("stream {}: internal error", id(), e);
        try {
            end(Failures.of(settle(Outcome.INTERNAL_ERROR)));
        } catch (ClientGoneException gone) {
            debug("client gone before it was told", gone);
            downstream.abort();
        }
        if (e instanceof VirtualMachineError fatal && !(e instanceof StackOverflowError)) {
            throw fatal;
        }
    }

    private void conduct() {
        Accept accept = new Accept(generation, request);
        facts.consumer = accept.consumer();
        accept.checkHead(rooms.draining().getAsBoolean());
        if (accept.isModelList()) {
            accept.answerModels(downstream);
            return;
        }
        accept(accept);
        Routing routing = route(Optional.empty());
        Guard guard = new Guard(open(routing), request);
        facts.phase = StreamPhase.GUARD;
        switch (asked(guard)) {
            case Guard.Passage.On on -> end(stream(guarded(on, routing)));
            case Guard.Passage.Answered answered -> {
                // Who leaves with the whole answer has not left early; who leaves before is found by the write.
                downstream.unwatch();
                reply().answer(answered.answer());
            }
            case Guard.Passage.Failed(PluginFailure failure) -> {
                pluginFailed(failure);
                end(Failures.of(settle(Outcome.PLUGIN_ERROR)));
            }
        }
    }

    /** Whatever the filters decide, what they have said of the caller counts, in the log too. */
    private Guard.Passage asked(Guard guard) {
        try {
            return guard.pass(body, facts.consumer);
        } finally {
            facts.consumer = hooks.consumer().orElse(facts.consumer);
        }
    }

    /** Words for the client have no place in a body that is not an event stream: such an answer just breaks off. */
    private void end(Ending ending) {
        boolean words = !facts.relaysBytes || !downstream.isCommitted();
        boolean whole = ending instanceof Ending.Whole;
        reply().end(words || whole ? ending : new Ending.Told(ending.outcome()), account.inspector());
    }

    private void accept(Accept accept) {
        List<Route> candidates = Routing.candidates(generation, request);
        BodySource.Body.Whole whole = BodyBounds.widest(candidates).read(bodySource);
        body = accept.read(whole.bytes());
        bodyTook = whole.took();
        facts.bodyReadAt = System.nanoTime();
        facts.bodyBytes = body.length();
        facts.modelAsked = body.facts().model().orElse("");
        facts.streaming = body.facts().stream();
        downstream.watch(watch::departed);
    }

    /** One match; the name that a plugin routes to goes before the one in the body. */
    private Routing route(Optional<String> routedTo) {
        facts.phase = StreamPhase.ROUTE;
        Routing routing = Routing.of(generation, request, routedTo.or(body.facts()::model));
        facts.route = routing.route().name();
        settings = routing.route().stream();
        model = routing.route().model().or(() -> routedTo);
        BodyBounds.of(settings).check(body.length(), bodyTook);
        return routing;
    }

    private StreamHooks open(Routing routing) {
        hooks = plugins.open(
                Guard.opening(request, body, routing.route().name(), facts.consumer),
                (stuck, failure) -> new Eviction(this, stuck, failure).run());
        return hooks;
    }

    /** Takes over what the filters have made of the request; a changed model is matched again, once. */
    private Routing guarded(Guard.Passage.On on, Routing before) {
        boolean renamed = on.model().isPresent()
                || !on.body().facts().model().equals(body.facts().model());
        request = on.request();
        body = on.body();
        facts.consumer = on.consumer();
        return renamed ? route(on.model()) : before;
    }

    private Ending stream(Routing routing) {
        if (settings.onClientAbort() instanceof ClientAbort.Drain drain) {
            sink = new DrainingSink(downstream, drain, this);
        }
        try (StreamPermits held = admit(routing)) {
            permits = Optional.of(requireNonNull(held, "held"));
            facts.admittedAt = System.nanoTime() | 1;
            facts.holdsPermits = true;
            return new AttemptLoop(this, routing.chain(), routing.hashKey(facts.consumer, body)).run();
        } finally {
            facts.holdsPermits = false;
            cancellation.leave();
        }
    }

    private StreamPermits admit(Routing routing) {
        facts.phase = StreamPhase.ADMIT;
        Route route = routing.route();
        AdmissionRequest wanted = new AdmissionRequest(
                facts.consumer, route.limiter(), route.config().maxWait());
        try (AdmissionTicket ticket = rooms.admission().enter(wanted)) {
            cancellation.enter(Cancellation.Place.of(ticket::cancel));
            Admission admission = ticket.await();
            cancellation.leave();
            facts.queueNanos = admission.waited().toNanos();
            return switch (admission) {
                case Admission.Admitted(StreamPermits held, Duration ignored) -> held;
                case Admission.Refused(Admission.Reason reason, Duration after, Duration ignored) ->
                    throw new RefusedException(Refusals.of(reason, after));
                case Admission.Cancelled ignored -> throw cancelledWhileWaiting();
            };
        }
    }

    private RuntimeException cancelledWhileWaiting() {
        if (Failures.of(outcome().orElse(Outcome.CLIENT_DISCONNECT))
                instanceof Ending.Broken(Outcome ignored, Refusal told)) {
            return new RefusedException(rooms.draining().getAsBoolean() ? Refusals.draining() : told);
        }
        return new ClientGoneException(new IllegalStateException("left the queue"));
    }

    /** Ends this stream with the outcome, unless it has one already. Idempotent, for any thread. */
    public void cancel(Outcome candidate) {
        watch.cancel(candidate);
    }

    /** Closes both sides without another word: for a stream that a cancel did not end in time. For any thread. */
    public void evict() {
        cancel(Outcome.SHUTDOWN);
        downstream.breakOff();
        cancellation.free();
    }

    /** Gives back what the stream thread holds, because it is stuck in a plugin. For the eviction's thread. */
    void abandon() {
        cancellation.free();
        lease.ifPresent(StreamExchange::giveBack);
        permits.ifPresent(StreamExchange::giveBack);
        facts.holdsPermits = false;
        rooms.registry().remove(this);
    }

    private static void giveBack(AutoCloseable held) {
        try {
            held.close();
        } catch (Exception e) {
            throw new IllegalStateException("permits and leases cannot fail to be given back", e);
        }
    }

    /** Compares this stream with its clocks. Called by the clocks' thread on every tick; never blocks. */
    void tick(long now) {
        watch.tick(now);
    }

    /** This stream as it is at this moment. For any thread. */
    public StreamView view() {
        return StreamView.of(this, System.nanoTime());
    }

    /** Whether this stream holds permits now. */
    boolean isAdmitted() {
        return facts.holdsPermits;
    }

    /** From here on the stream thread is, or is about to be, blocked in this attempt, which holds the lease. */
    void blockedIn(Attempt attempt, InstanceLease held) {
        lease = Optional.of(held);
        blockedIn(new Cancellation.Place(attempt::abort, attempt::tick));
    }

    /** The same while several attempts are under way. */
    void blockedIn(Race race) {
        blockedIn(new Cancellation.Place(race::abort, race::tick));
    }

    void blockedIn(Cancellation.Place place) {
        cancellation.enter(place);
    }

    /** The name of the model that this instance is asked for. */
    String modelFor(InstanceLease held) {
        return renamed(held).orElse(facts.modelAsked);
    }

    private Optional<String> renamed(InstanceLease held) {
        return held.config().model().or(() -> model);
    }

    long eventLimit() {
        return settings.limits().event().map(ByteSize::bytes).orElse(Long.MAX_VALUE);
    }

    UpstreamCall prepare(Cluster cluster, InstanceLease lease) {
        Optional<String> name = renamed(lease);
        return rooms.upstream()
                .call(
                        rooms.targets().target(lease.instance(), cluster.config()),
                        UpstreamMessage.build(request, body, lease.config(), name, asksUsage()),
                        settings.timeouts().connect().orElse(NO_CONNECT_CLOCK));
    }

    private boolean asksUsage() {
        return settings.injectUsage() && body.facts().canAskForUsage();
    }

    boolean hidesUsage() {
        return asksUsage() && !body.facts().usageRequested();
    }

    /** The relay of an attempt begins; its instance is told of the first output. */
    RelayProgress newProgress(InstanceLease lease) {
        long start = System.nanoTime();
        return new RelayProgress(() -> lease.firstToken(Duration.ofNanos(System.nanoTime() - start)));
    }

    /** A plugin has taken its stream along; who and where is for the log and the other plugins. */
    void pluginFailed(PluginFailure failure) {
        LOG.warn("stream {}: plugin {} failed in {}: {}", id(), failure.plugin(), failure.phase(), failure.kind());
        account.pluginFailed(failure);
    }

    void stoppedBy(String plugin, String reason) {
        account.stoppedBy(plugin, reason);
    }

    void logs(Map<String, Map<String, Object>> fields) {
        account.logs(fields);
    }

    SummaryFacts summary() {
        return account.summary();
    }

    Outcome settle(Outcome candidate) {
        return cancellation.settle(candidate);
    }

    /** The ending that goes with the outcome there is: this one, unless somebody else has decided before. */
    Ending settle(Ending ending) {
        Outcome settled = settle(ending.outcome());
        return settled == ending.outcome() ? ending : Failures.of(settled);
    }

    Optional<Outcome> outcome() {
        return cancellation.outcome();
    }

    Reply reply() {
        return new Reply(request, downstream);
    }

    Account account() {
        return account;
    }

    Generation generation() {
        return generation;
    }

    StreamHooks hooks() {
        return hooks;
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

    void debug(String what, Throwable e) {
        LOG.debug("stream {}: {}", id(), what, e);
    }
}
