// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.spi.LastResult;
import dev.penstock.spi.StreamEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the observers add at the end of a stream, in the order of the chain. Immutable.
 *
 * @param events to be sent before the terminal event
 * @param trailers names in lower case
 * @param logFields by chain entry; values are String, Long, Double or Boolean
 */
public record LastResults(
        List<StreamEvent> events, Map<String, String> trailers, Map<String, Map<String, Object>> logFields) {
    /** Nobody adds anything. */
    public static final LastResults NONE = new LastResults(List.of(), Map.of(), Map.of());

    public LastResults {
        events = List.copyOf(events);
        trailers = Collections.unmodifiableMap(new LinkedHashMap<>(trailers));
        logFields = Collections.unmodifiableMap(new LinkedHashMap<>(logFields));
    }

    LastResults and(String plugin, LastResult result) {
        List<StreamEvent> moreEvents = new ArrayList<>(events);
        moreEvents.addAll(result.events());
        Map<String, String> moreTrailers = new LinkedHashMap<>(trailers);
        moreTrailers.putAll(result.trailers());
        Map<String, Map<String, Object>> moreFields = new LinkedHashMap<>(logFields);
        if (!result.logFields().isEmpty()) {
            moreFields.put(plugin, result.logFields());
        }
        return new LastResults(moreEvents, moreTrailers, moreFields);
    }
}
