// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import java.util.List;

/** What the filters have decided about an event, or about those that they held. Immutable. */
public sealed interface EventAnswer {
    /** The event goes on as it came, or, where there was none, nothing does. */
    Forward FORWARD = new Forward();

    /** See {@link #FORWARD}. */
    record Forward() implements EventAnswer {}

    /** These go on in its place; none drops or holds it. */
    record Replace(List<PassedEvent> events) implements EventAnswer {
        public Replace {
            events = List.copyOf(events);
        }
    }

    /** After these the stream ends properly, in its dialect, with outcome {@code stopped_by_plugin}. */
    record End(List<PassedEvent> events, String plugin, String reason) implements EventAnswer {
        public End {
            events = List.copyOf(events);
        }
    }

    /** A filter failed, and fails closed: the stream ends visibly broken. */
    record Failed(PluginFailure failure) implements EventAnswer {}
}
