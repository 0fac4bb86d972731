// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.spi.LastResult;
import dev.penstock.spi.ResponseHead;
import dev.penstock.spi.StreamEvent;
import dev.penstock.spi.StreamSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The observers of one stream, in the order of the chain. Events wait here from the moment that they are decided until they
 * were flushed to the client.
 *
 * <p>Confined to the stream thread, except {@link #wake} and {@link #drain}, which go through the lanes' locks; the list of
 * lanes is a concurrent one.
 */
final class ObserverGroup {
    private final StreamCalls calls;
    private final List<ObserverLane> lanes;
    private final List<StreamEvent> unflushed = new ArrayList<>();
    private long sent;

    /** @param lanes may grow until opening is done */
    ObserverGroup(StreamCalls calls, CopyOnWriteArrayList<ObserverLane> lanes) {
        this.calls = calls;
        this.lanes = lanes;
    }

    /** Whether anybody is still watching. */
    boolean isActive() {
        for (ObserverLane lane : lanes) {
            if (lane.isAttached()) {
                return true;
            }
        }
        return false;
    }

    boolean isEmpty() {
        return lanes.isEmpty();
    }

    void start(ResponseHead head) {
        lanes.forEach(lane -> lane.start(head));
    }

    /** The client will be sent this event. */
    void expect(StreamEvent event) {
        if (!lanes.isEmpty()) {
            unflushed.add(event);
        }
    }

    /** The client was sent what was expected. */
    Optional<PluginFailure> flushed() {
        Optional<PluginFailure> failure = Optional.empty();
        for (StreamEvent event : unflushed) {
            StreamEvent numbered = event.withSequence(++sent);
            for (ObserverLane lane : lanes) {
                if (!lane.offer(numbered, calls.guard()) && failure.isEmpty()) {
                    failure = Optional.of(overflow(lane));
                }
            }
        }
        unflushed.clear();
        return failure;
    }

    /** Waits for all lanes together until the deadline, then asks those that have seen everything for their last word. */
    LastResults drainAndLast(StreamEvent last, SummaryFacts facts) {
        StreamEvent numbered = last.withSequence(sent + 1);
        List<ObserverLane> drained = drain();
        LastResults results = LastResults.NONE;
        for (ObserverLane lane : drained) {
            results = results.and(lane.opened().entry().name(), last(lane, numbered, facts));
        }
        return results;
    }

    /** Closes all lanes and waits for them, all together as long as the budget allows. */
    List<ObserverLane> drain() {
        lanes.forEach(ObserverLane::close);
        long deadline =
                calls.runtime().now() + calls.runtime().budgets().drain().toNanos();
        return lanes.stream().filter(lane -> lane.drain(deadline)).toList();
    }

    /** From any thread: nobody shall wait for a lane. */
    void wake() {
        lanes.forEach(ObserverLane::wake);
    }

    private LastResult last(ObserverLane lane, StreamEvent last, SummaryFacts facts) {
        Opened opened = lane.opened();
        StreamSummary summary = lane.summary(facts);
        long budget = opened.entry().budgets().last().toNanos();
        try {
            LastResult result =
                    calls.call(opened, Phase.LAST, budget, () -> lane.observer().onLast(last, summary));
            if (result == null) {
                throw calls.garbage(opened, Phase.LAST, "gave null as its last result");
            }
            return result;
        } catch (PluginException e) {
            return LastResult.none(); // counted and logged where it was caught; the stream ends as it would have
        }
    }

    private static PluginFailure overflow(ObserverLane lane) {
        return new PluginFailure(
                lane.opened().entry().name(), Phase.OBSERVE.label(), PluginFailure.Kind.OVERFLOW, Optional.empty());
    }
}
