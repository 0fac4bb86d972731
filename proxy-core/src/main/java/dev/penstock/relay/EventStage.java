// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import java.util.List;

/**
 * What may happen to events between the upstream and the client. A port: implemented over the plugin chain by the exchange.
 * All methods are called on the stream thread.
 */
public interface EventStage {
    /** Whether {@link #onEvent} wants to see events before the client does. When false the bytes go through untouched. */
    boolean filters();

    /** Whether {@link #sent} wants to be told, and {@link #onLast} to wait. */
    boolean observes();

    /** Decides about one event. The view is valid during the call. */
    Verdict onEvent(SseEvent event);

    /** The event reached the client's socket. The view is valid during the call. */
    void sent(SseEvent event);

    /**
     * The stream is about to end properly, and everything before its last event has been written.
     *
     * @return encoded events to write before the last one
     */
    List<byte[]> onLast(SseEvent last);

    /** A decision about one event. */
    sealed interface Verdict {
        /** The event's own bytes go on. */
        record Forward() implements Verdict {}

        /** These encoded events go on in its place; none drops or holds it. */
        record Replace(List<byte[]> encoded) implements Verdict {
            public Replace {
                encoded = List.copyOf(encoded);
            }
        }

        /** The stream ends here, properly, after these encoded events. */
        record End(List<byte[]> farewell) implements Verdict {
            public End {
                farewell = List.copyOf(farewell);
            }
        }

        /** The stream ends here as a failure of the proxy's side. */
        record Fail() implements Verdict {}

        Verdict FORWARD = new Forward();
        Verdict FAIL = new Fail();
    }

    /** Nothing happens to events. */
    EventStage NONE = new EventStage() {
        @Override
        public boolean filters() {
            return false;
        }

        @Override
        public boolean observes() {
            return false;
        }

        @Override
        public Verdict onEvent(SseEvent event) {
            return Verdict.FORWARD;
        }

        @Override
        public void sent(SseEvent event) {
            // Nobody observes.
        }

        @Override
        public List<byte[]> onLast(SseEvent last) {
            return List.of();
        }
    };
}
