// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.spi.HoldBack;
import dev.penstock.spi.StreamEvent;
import dev.penstock.spi.StreamFilter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One filter on one stream, with the events that it holds back. Core keeps them, not the plugin, so that both bounds of the
 * window hold whatever the plugin does, and a filter that fails open loses nothing.
 *
 * <p>Confined to the stream thread.
 */
final class FilterStage {
    private final Opened opened;
    private final StreamFilter filter;
    private final HoldBack window;
    private final Deque<Held> held = new ArrayDeque<>(0);
    private int heldBytes;
    private long shown;
    private boolean skipped;

    FilterStage(Opened opened, StreamFilter filter, HoldBack window) {
        this.opened = opened;
        this.filter = filter;
        this.window = window;
    }

    Opened opened() {
        return opened;
    }

    StreamFilter filter() {
        return filter;
    }

    HoldBack window() {
        return window;
    }

    ChainEntry entry() {
        return opened.entry();
    }

    /** It failed open: it is asked no more. */
    void skip() {
        skipped = true;
    }

    boolean skipped() {
        return skipped;
    }

    /** The event with its place among those that this filter is shown. */
    StreamEvent show(StreamEvent event) {
        return event.withSequence(++shown);
    }

    boolean holdsNothing() {
        return held.isEmpty();
    }

    void hold(PassedEvent event, long now) {
        held.add(new Held(event, now));
        heldBytes += event.event().size();
    }

    /** Takes out what is held up to that place. */
    List<PassedEvent> release(long throughSequence) {
        List<PassedEvent> out = new ArrayList<>();
        while (!held.isEmpty() && held.element().event.event().sequence() <= throughSequence) {
            PassedEvent event = held.remove().event;
            heldBytes -= event.event().size();
            out.add(event);
        }
        return out;
    }

    List<PassedEvent> releaseAll() {
        return release(Long.MAX_VALUE);
    }

    /** What the filter gives back as it got it keeps its bytes. */
    PassedEvent asCame(StreamEvent event, Optional<PassedEvent> current) {
        if (current.isPresent() && current.get().event() == event) {
            return current.get();
        }
        for (Held one : held) {
            if (one.event.event() == event) {
                return one.event;
            }
        }
        return PassedEvent.made(event);
    }

    /** Too much, or for too long. */
    boolean overLimit(long now) {
        OptionalLong deadline = deadline();
        return heldBytes > window.bytes() || (deadline.isPresent() && now - deadline.getAsLong() >= 0);
    }

    /** When the oldest held event will have waited for as long as the window allows. */
    OptionalLong deadline() {
        return held.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(held.element().since + window.time().toNanos());
    }

    private record Held(PassedEvent event, long since) {}
}
