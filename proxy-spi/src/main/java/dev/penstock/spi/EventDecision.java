// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

import java.util.List;
import java.util.Objects;

/**
 * What a filter says to an event. Make one with a static method; core acts on it, and keeps the events in order.
 *
 * <pre>{@code
 * return event.data().contains(marker)
 *         ? EventDecision.end("marker", StreamEvent.of("{\"stopped\":true}"))
 *         : EventDecision.forward();
 * }</pre>
 *
 * <p>Immutable.
 */
public sealed interface EventDecision {

    /** The event goes on, after everything that this filter holds back. */
    static EventDecision forward() {
        return Forward.INSTANCE;
    }

    /**
     * These events go on, in place of this one and of everything that this filter holds back. The empty list drops.
     *
     * @throws NullPointerException if an event is null
     */
    static EventDecision replace(List<StreamEvent> events) {
        return new Replace(events);
    }

    /** As {@link #replace(List)}. */
    static EventDecision replace(StreamEvent... events) {
        return new Replace(List.of(events));
    }

    /** Nothing goes on in place of this event and of everything that this filter holds back. */
    static EventDecision drop() {
        return new Replace(List.of());
    }

    /**
     * The event is held back: core keeps it until this filter releases, replaces or drops it. Only for filters with a
     * {@link HoldBack} window; without one it is a failure of the plugin.
     */
    static EventDecision hold() {
        return new Release(0);
    }

    /**
     * Held events up to and including this {@linkplain StreamEvent#sequence() sequence} go on; later ones, this event
     * among them, are held back. Only for filters with a {@link HoldBack} window.
     *
     * @throws IllegalArgumentException if the number is negative
     */
    static EventDecision releaseThrough(long sequence) {
        return new Release(sequence);
    }

    /**
     * The stream ends here, cleanly: the upstream is aborted, what this filter holds back is dropped, and the client
     * sees its dialect's terminal event. The outcome is {@code stopped_by_plugin}.
     *
     * @param reason a stable word for log and metrics, such as {@code blocked_content}
     * @param farewell events that the client gets before the end
     * @throws IllegalArgumentException if the reason is not letters, digits, '_', '.' or '-'
     */
    static EventDecision end(String reason, StreamEvent... farewell) {
        return new End(reason, List.of(farewell));
    }

    /** See {@link #forward()}. */
    enum Forward implements EventDecision {
        /** The only one. */
        INSTANCE
    }

    /** See {@link #replace(List)}. */
    record Replace(List<StreamEvent> events) implements EventDecision {
        /** Copies. */
        public Replace {
            events = List.copyOf(events);
        }
    }

    /** See {@link #releaseThrough(long)}; 0 releases nothing. */
    record Release(long sequence) implements EventDecision {
        /** Validates. */
        public Release {
            if (sequence < 0) {
                throw new IllegalArgumentException("sequence must not be negative: " + sequence);
            }
        }
    }

    /** See {@link #end}. */
    record End(String reason, List<StreamEvent> farewell) implements EventDecision {
        /** Validates and copies. */
        public End {
            HttpRules.requireCode(Objects.requireNonNull(reason, "reason"));
            farewell = List.copyOf(farewell);
        }
    }
}
