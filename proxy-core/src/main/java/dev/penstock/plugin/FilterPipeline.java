// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.spi.EventDecision;
import dev.penstock.spi.StreamEvent;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;

/**
 * The filters that declared EVENT, in the order in which events pass them: from the last of the chain to the first. What one
 * lets out the next one is shown; what one ends stays ended, and the filters after it still decide about what they hold.
 *
 * <p>The common case, everybody forwards, allocates nothing but the calls.
 *
 * <p>Confined to the stream thread.
 */
final class FilterPipeline {
    private final StreamCalls calls;
    private final List<FilterStage> stages;

    /** @param stages may grow until opening is done */
    FilterPipeline(StreamCalls calls, List<FilterStage> stages) {
        this.calls = calls;
        this.stages = stages;
    }

    /** Whether anybody is there to be asked. */
    boolean isActive() {
        for (FilterStage stage : stages) {
            if (!stage.skipped() || !stage.holdsNothing()) {
                return true;
            }
        }
        return false;
    }

    /** Whether a body that cannot be shown to the filters must not pass. */
    boolean mustInspect() {
        return stages.stream()
                .anyMatch(stage -> !stage.skipped() && stage.entry().failClosed());
    }

    EventAnswer onEvent(StreamEvent event, byte[] raw) throws PluginException {
        StreamEvent current = event;
        for (int at = 0; at < stages.size(); at++) {
            FilterStage stage = stages.get(at);
            if (stage.skipped()) {
                continue;
            }
            StreamEvent shown = stage.show(current);
            EventDecision decision =
                    ask(stage, Phase.EVENT, () -> stage.filter().onEvent(shown));
            if (!(decision instanceof EventDecision.Forward) || !stage.holdsNothing()) {
                Passage passage = new Passage();
                apply(at, Optional.of(new PassedEvent(shown, Optional.of(raw))), decision, Phase.EVENT, passage);
                afterEnd(passage);
                return passage.answer();
            }
            current = shown;
        }
        return EventAnswer.FORWARD;
    }

    /** When the first window is over; see {@link #onHoldLimit}. */
    OptionalLong holdDeadline() {
        OptionalLong first = OptionalLong.empty();
        for (FilterStage stage : stages) {
            OptionalLong deadline = stage.deadline();
            if (deadline.isPresent() && (first.isEmpty() || deadline.getAsLong() - first.getAsLong() < 0)) {
                first = deadline;
            }
        }
        return first;
    }

    /** Asks those filters whose window is over. */
    EventAnswer onHoldLimit() throws PluginException {
        Passage passage = new Passage();
        for (int at = 0; at < stages.size(); at++) {
            limit(at, passage);
        }
        afterEnd(passage);
        return passage.out().isEmpty() && !passage.ended() ? EventAnswer.FORWARD : passage.answer();
    }

    /** The terminal event waits: asks all filters what shall become of what they hold. */
    EventAnswer beforeLast() throws PluginException {
        Passage passage = new Passage();
        beforeLast(0, passage);
        return passage.out().isEmpty() && !passage.ended() ? EventAnswer.FORWARD : passage.answer();
    }

    private void beforeLast(int from, Passage passage) throws PluginException {
        for (int at = from; at < stages.size(); at++) {
            FilterStage stage = stages.get(at);
            if (!stage.skipped() && !passage.closedBefore(at)) {
                EventDecision decision =
                        ask(stage, Phase.BEFORE_LAST, () -> stage.filter().beforeLast());
                apply(at, Optional.empty(), decision, Phase.BEFORE_LAST, passage);
            }
        }
    }

    /** A filter has ended the stream: those after it decide about what they hold, as at any end. */
    private void afterEnd(Passage passage) throws PluginException {
        if (passage.ended()) {
            beforeLast(passage.endedAt() + 1, passage);
        }
    }

    /** An event enters the stages from that one on. */
    private void pass(int from, PassedEvent event, Passage passage) throws PluginException {
        PassedEvent current = event;
        for (int at = from; at < stages.size(); at++) {
            FilterStage stage = stages.get(at);
            if (passage.closedBefore(at)) {
                return;
            }
            if (stage.skipped()) {
                continue;
            }
            PassedEvent shown = new PassedEvent(stage.show(current.event()), current.raw());
            EventDecision decision =
                    ask(stage, Phase.EVENT, () -> stage.filter().onEvent(shown.event()));
            if (!(decision instanceof EventDecision.Forward) || !stage.holdsNothing()) {
                apply(at, Optional.of(shown), decision, Phase.EVENT, passage);
                return;
            }
            current = shown;
        }
        passage.add(current);
    }

    private void apply(int at, Optional<PassedEvent> current, EventDecision decision, Phase phase, Passage passage)
            throws PluginException {
        FilterStage stage = stages.get(at);
        switch (decision) {
            case EventDecision.Forward ignored -> {
                passAll(at + 1, stage.releaseAll(), passage);
                passAll(at + 1, current.stream().toList(), passage);
            }
            case EventDecision.Replace replace -> {
                List<PassedEvent> given = replace.events().stream()
                        .map(event -> stage.asCame(event, current))
                        .toList();
                stage.releaseAll();
                passAll(at + 1, given, passage);
            }
            case EventDecision.Release release -> release(at, current, release.sequence(), phase, passage);
            case EventDecision.End end -> {
                stage.releaseAll();
                passage.end(at, stage.entry().name(), end.reason());
                passAll(at + 1, end.farewell().stream().map(PassedEvent::made).toList(), passage);
            }
        }
    }

    private void release(int at, Optional<PassedEvent> current, long sequence, Phase phase, Passage passage)
            throws PluginException {
        FilterStage stage = stages.get(at);
        if (!stage.window().holds() || phase == Phase.BEFORE_LAST) {
            garbage(at, current, phase, "held an event back where it may not", passage);
            return;
        }
        long now = calls.runtime().now();
        current.ifPresent(event -> stage.hold(event, now));
        passAll(at + 1, stage.release(sequence), passage);
        if (phase == Phase.HOLD_LIMIT && stage.overLimit(now)) {
            garbage(at, Optional.empty(), phase, "holds on to more than its window", passage);
        } else if (phase == Phase.EVENT) {
            limit(at, passage);
        }
    }

    private void limit(int at, Passage passage) throws PluginException {
        FilterStage stage = stages.get(at);
        if (!stage.skipped()
                && !passage.closedBefore(at)
                && stage.overLimit(calls.runtime().now())) {
            EventDecision decision =
                    ask(stage, Phase.HOLD_LIMIT, () -> stage.filter().onHoldLimit());
            apply(at, Optional.empty(), decision, Phase.HOLD_LIMIT, passage);
        }
    }

    private void passAll(int from, List<PassedEvent> events, Passage passage) throws PluginException {
        for (PassedEvent event : events) {
            pass(from, event, passage);
        }
    }

    /** What the filter decides; if it fails, what its policy decides: to throw, or to let everything go on without it. */
    private EventDecision ask(FilterStage stage, Phase phase, Callable<EventDecision> body) throws PluginException {
        try {
            EventDecision decision = calls.call(stage.opened(), phase, budget(stage), body);
            if (decision == null) {
                throw calls.garbage(stage.opened(), phase, "decided null");
            }
            return decision;
        } catch (PluginException e) {
            skipOrThrow(stage, e);
            return EventDecision.forward();
        }
    }

    private void garbage(int at, Optional<PassedEvent> current, Phase phase, String what, Passage passage)
            throws PluginException {
        FilterStage stage = stages.get(at);
        skipOrThrow(stage, calls.garbage(stage.opened(), phase, what));
        apply(at, current, EventDecision.forward(), phase, passage);
    }

    private static void skipOrThrow(FilterStage stage, PluginException failure) throws PluginException {
        if (stage.entry().failClosed() || !Policy.mayGoOn(failure)) {
            throw failure;
        }
        stage.skip();
    }

    private static long budget(FilterStage stage) {
        long inline = stage.entry().budgets().inline().toNanos();
        return Math.max(inline, stage.window().time().toNanos());
    }
}
