// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.spi.Hook;
import dev.penstock.spi.RequestDecision;
import dev.penstock.spi.ResponseDecision;
import dev.penstock.spi.StreamEvent;
import dev.penstock.spi.StreamOutcome;
import dev.penstock.spi.StreamSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A chain that is open on a stream: walks the request down and the head up, and hands events to the {@link FilterPipeline}
 * and the {@link ObserverGroup}.
 *
 * <p>Confined to the stream thread, except {@link #cancel}, {@link #finish} and {@link #stuck}.
 */
final class LiveHooks implements StreamHooks {
    private static final Logger LOG = LoggerFactory.getLogger(LiveHooks.class);
    private static final String NO_NAME = "message";

    private final StreamCalls calls;
    private final OpenStream stream;
    private final Evictor evictor;
    private final List<FilterStage> filters = new ArrayList<>();
    private final List<FilterStage> eventFilters = new ArrayList<>();
    private final CopyOnWriteArrayList<ObserverLane> lanes = new CopyOnWriteArrayList<>();
    private final FilterPipeline pipeline;
    private final ObserverGroup observers;
    private final Finishing finishing;
    private final long openedNanos;
    private Optional<PluginFailure> openFailure = Optional.empty();
    private Optional<AnswerHead> head = Optional.empty();

    private LiveHooks(PluginRuntime runtime, OpenStream stream, Evictor evictor, PluginSet set) {
        this.calls = new StreamCalls(runtime, stream.id());
        this.stream = stream;
        this.evictor = evictor;
        this.openedNanos = runtime.now();
        this.pipeline = new FilterPipeline(calls, eventFilters);
        this.observers = new ObserverGroup(calls, lanes);
        this.finishing = new Finishing(calls, this::summary, this::watch, () -> {
            runtime.watchdog().unwatch(calls.guard());
            set.release();
        });
    }

    /** Opens the chain of a set that was retained for this stream. */
    static StreamHooks open(PluginRuntime runtime, StreamOpening opening, Evictor evictor, PluginSet set) {
        var hooks = new LiveHooks(runtime, new OpenStream(opening), evictor, set);
        hooks.watch(hooks.calls.guard());
        hooks.openFailure =
                new HookOpening(hooks.calls, hooks.stream, set, hooks.finishing, hooks.lanes, hooks.filters).open();
        hooks.filters.reversed().stream()
                .filter(stage -> stage.entry().has(Hook.EVENT))
                .forEach(hooks.eventFilters::add);
        return hooks;
    }

    private StreamSummary summary(Opened opened, SummaryFacts facts) {
        for (ObserverLane lane : lanes) {
            if (lane.opened().equals(opened)) {
                return lane.summary(facts);
            }
        }
        return facts.seenBy(0, true);
    }

    private void watch(CallGuard guard) {
        calls.runtime().watchdog().watch(guard, calls.runtime().budgets().grace(), this::stuck);
    }

    /** On a thread of its own: the stream thread, or one that finishes in its place, does not come back from a plugin. */
    private void stuck(CallSite site) {
        if (site.phase() == Phase.FINISH) {
            finishing.goOn();
            return;
        }
        cancel();
        evict(new PluginFailure(site.plugin(), site.phase().label(), PluginFailure.Kind.STUCK, Optional.empty()));
    }

    private void evict(PluginFailure failure) {
        try {
            evictor.evict(this, failure);
        } catch (RuntimeException e) { // a defect of ours; there is nobody above to see it
            LOG.error("stream {}: could not be taken from plugin {}", stream.id(), failure.plugin(), e);
        }
    }

    @Override
    public HookAnswer onRequest(PluginRequest request) {
        if (openFailure.isPresent()) {
            return new HookAnswer.Failed(openFailure.get());
        }
        PluginRequest current = request;
        for (FilterStage stage : filters) {
            if (stage.skipped() || !stage.entry().has(Hook.REQUEST)) {
                continue;
            }
            Draft draft = new Draft(current);
            try {
                switch (ask(stage, draft)) {
                    case RequestDecision.Proceed ignored -> {
                        current = draft.close();
                        stream.filtered(current);
                    }
                    case RequestDecision.Reject refusal -> {
                        stream.filtered(draft.close());
                        return new HookAnswer.Reject(stage.entry().name(), refusal);
                    }
                    case RequestDecision.Answer answer -> {
                        stream.filtered(draft.close());
                        return new HookAnswer.Answer(stage.entry().name(), answer);
                    }
                }
            } catch (PluginException e) {
                if (!skipped(stage, e)) {
                    return new HookAnswer.Failed(e.failure());
                }
            } finally {
                draft.close();
            }
        }
        return new HookAnswer.Proceed(current);
    }

    private RequestDecision ask(FilterStage stage, Draft draft) throws PluginException {
        long budget = stage.entry().budgets().request().toNanos();
        RequestDecision decision = calls.call(
                stage.opened(), Phase.REQUEST, budget, () -> stage.filter().onRequest(draft));
        if (decision == null) {
            throw calls.garbage(stage.opened(), Phase.REQUEST, "decided null");
        }
        return decision;
    }

    @Override
    public Optional<String> consumer() {
        return stream.consumer();
    }

    @Override
    public HeadAnswer onResponseHead(AnswerHead answered) {
        AnswerHead current = answered;
        for (FilterStage stage : filters.reversed()) {
            if (stage.skipped() || !stage.entry().has(Hook.RESPONSE_HEAD)) {
                continue;
            }
            try {
                switch (ask(stage, current)) {
                    case ResponseDecision.Proceed ignored -> {}
                    case ResponseDecision.ReplaceHeaders change -> current = current.with(change);
                    case RequestDecision.Reject refusal -> {
                        return new HeadAnswer.Reject(stage.entry().name(), refusal);
                    }
                }
            } catch (PluginException e) {
                if (!skipped(stage, e)) {
                    return new HeadAnswer.Failed(e.failure());
                }
            }
        }
        head = Optional.of(current);
        return new HeadAnswer.Proceed(current);
    }

    private ResponseDecision ask(FilterStage stage, AnswerHead current) throws PluginException {
        long budget = stage.entry().budgets().inline().toNanos();
        ResponseDecision decision = calls.call(
                stage.opened(),
                Phase.RESPONSE_HEAD,
                budget,
                () -> stage.filter().onResponseHead(current));
        if (decision == null) {
            throw calls.garbage(stage.opened(), Phase.RESPONSE_HEAD, "decided null");
        }
        return decision;
    }

    private static boolean skipped(FilterStage stage, PluginException e) {
        boolean goesOn = !stage.entry().failClosed() && Policy.mayGoOn(e);
        if (goesOn) {
            stage.skip();
        }
        return goesOn;
    }

    @Override
    public void committed() {
        head.ifPresent(observers::start);
    }

    @Override
    public boolean wantsEvents() {
        return pipeline.isActive();
    }

    @Override
    public boolean observes() {
        return observers.isActive();
    }

    @Override
    public boolean mustInspect() {
        return pipeline.mustInspect();
    }

    @Override
    public EventAnswer onEvent(String name, byte[] data, Optional<String> id, byte[] raw) {
        StreamEvent event = event(name, data, id);
        try {
            EventAnswer answer = pipeline.onEvent(event, raw);
            if (answer instanceof EventAnswer.Forward) {
                observers.expect(event);
            }
            return expected(answer);
        } catch (PluginException e) {
            return new EventAnswer.Failed(e.failure());
        }
    }

    @Override
    public EventAnswer onHoldLimit() {
        try {
            return expected(pipeline.onHoldLimit());
        } catch (PluginException e) {
            return new EventAnswer.Failed(e.failure());
        }
    }

    @Override
    public EventAnswer beforeLast() {
        try {
            return expected(pipeline.beforeLast());
        } catch (PluginException e) {
            return new EventAnswer.Failed(e.failure());
        }
    }

    private EventAnswer expected(EventAnswer answer) {
        switch (answer) {
            case EventAnswer.Replace replace -> replace.events().forEach(passed -> observers.expect(passed.event()));
            case EventAnswer.End end -> end.events().forEach(passed -> observers.expect(passed.event()));
            case EventAnswer.Forward ignored -> {}
            case EventAnswer.Failed ignored -> {}
        }
        return answer;
    }

    @Override
    public Optional<PluginFailure> flushed() {
        return observers.flushed();
    }

    @Override
    public OptionalLong holdDeadlineNanos() {
        return pipeline.holdDeadline();
    }

    @Override
    public LastResults drainAndLast(String name, byte[] data, Optional<String> id, SummaryFacts facts) {
        return observers.drainAndLast(event(name, data, id), facts);
    }

    private StreamEvent event(String name, byte[] data, Optional<String> id) {
        StreamEvent event = StreamEvent.of(name.equals(NO_NAME) ? "" : name, data)
                .withArrival(calls.runtime().now() - openedNanos);
        return id.isPresent() ? event.withId(id.get()) : event;
    }

    @Override
    public void cancel() {
        calls.cancel();
        observers.wake();
    }

    @Override
    public void finish(StreamOutcome outcome, SummaryFacts facts) {
        if (!calls.guard().isMine()) {
            calls.cancel();
        }
        observers.drain();
        finishing.finish(outcome, facts);
    }
}
