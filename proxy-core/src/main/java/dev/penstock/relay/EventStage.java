// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import java.util.List;

/**
 * What may happen to events between the upstream and the client. A port: implemented over the plugin chain by the exchange.
 * All methods are called on the stream thread.
 */
public interface EventStage {
    /** Whether anybody wants to see events. When false nothing else here is called, and bytes go through untouched. */
    boolean isActive();

    /** Decides about one event that is not the last. The view is valid during the call. */
    Verdict onEvent(SseEvent event);

    /** What the decisions so far let pass has been flushed to the client. False ends the stream as a failure. */
    boolean flushed();

    /** Milliseconds until {@link #onHoldLimit} is due if no event comes before; 0 when nothing is held back. */
    long holdMillis();

    /** Decides about what is held back, because its time is over. */
    Verdict onHoldLimit();

    /** Decides about what is held back, because the last event is here. */
    Verdict beforeLast();

    /**
     * The stream is about to end properly, and everything before its last event has been written. The client sees nothing of the
     * end before this returns.
     *
     * @return encoded events to write before the last one
     */
    List<byte[]> onLast(SseEvent last);

    /** A decision. */
    sealed interface Verdict {
        /** The event's own bytes go on; where there is no event, nothing does. */
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
        public boolean isActive() {
            return false;
        }

        @Override
        public Verdict onEvent(SseEvent event) {
            return Verdict.FORWARD;
        }

        @Override
        public boolean flushed() {
            return true;
        }

        @Override
        public long holdMillis() {
            return 0;
        }

        @Override
        public Verdict onHoldLimit() {
            return Verdict.FORWARD;
        }

        @Override
        public Verdict beforeLast() {
            return Verdict.FORWARD;
        }

        @Override
        public List<byte[]> onLast(SseEvent last) {
            return List.of();
        }
    };
}
