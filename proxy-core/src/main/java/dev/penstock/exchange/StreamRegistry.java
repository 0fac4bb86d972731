// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The exchanges that are under way, by our id. The clocks, the operators and the drain walk over it; requests in flight are
 * its size.
 *
 * <p>Thread-safe: a concurrent map.
 */
public final class StreamRegistry {
    private final Map<String, StreamExchange> live = new ConcurrentHashMap<>();

    void add(StreamExchange exchange) {
        live.put(exchange.id(), exchange);
    }

    void remove(StreamExchange exchange) {
        live.remove(exchange.id());
    }

    /** Requests under way, whatever room they are in. */
    public int size() {
        return live.size();
    }

    /** Streams that hold permits. */
    public int admitted() {
        return (int) live.values().stream().filter(StreamExchange::isAdmitted).count();
    }

    public Optional<StreamExchange> find(String id) {
        return Optional.ofNullable(live.get(id));
    }

    /** A live view; safe to walk while streams come and go. */
    public Collection<StreamExchange> all() {
        return Collections.unmodifiableCollection(live.values());
    }
}
