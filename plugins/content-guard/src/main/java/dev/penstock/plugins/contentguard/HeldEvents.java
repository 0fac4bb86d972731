// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.contentguard;

import dev.penstock.spi.StreamEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The events that wait for a verdict, in order, with the places in the texts up to which each needs one.
 *
 * <p>Confined to the stream thread.
 */
final class HeldEvents {
    private final Deque<Held> held = new ArrayDeque<>();
    private long released;

    /** Up to here an event has text in a watched channel. */
    record Mark(PhraseWatch watch, long end) {}

    /**
     * One event.
     *
     * @param asked how much of the whole text the service must have let pass
     */
    record Held(StreamEvent event, boolean words, List<Mark> marks, long asked) {
        Held {
            marks = List.copyOf(marks);
        }

        boolean clear(long askedSoFar) {
            return asked <= askedSoFar && marks.stream().allMatch(mark -> mark.end <= mark.watch.clear());
        }
    }

    void add(Held one) {
        held.add(one);
    }

    /** Lets go what is clear, from the first on. */
    void release(long asked) {
        while (!held.isEmpty() && held.element().clear(asked)) {
            released = held.remove().event.sequence();
        }
    }

    void releaseAll() {
        held.clear();
    }

    boolean isEmpty() {
        return held.isEmpty();
    }

    /** The number of the last event that was let go. */
    long released() {
        return released;
    }

    /** The events without words that stand before the last event with words, or those that stand behind it. */
    List<StreamEvent> withoutWords(boolean before) {
        List<StreamEvent> first = new ArrayList<>();
        List<StreamEvent> since = new ArrayList<>();
        for (Held one : held) {
            if (one.words) {
                first.addAll(since);
                since.clear();
            } else {
                since.add(one.event);
            }
        }
        return before ? first : since;
    }
}
