// SPDX-License-Identifier: Apache-2.0
package dev.penstock.routing;

import static java.util.Objects.requireNonNull;

import dev.penstock.admission.LimiterScope;
import dev.penstock.admission.StreamLimiter;
import dev.penstock.config.RouteConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * What outlives a generation of routes: their limiters, by name, so that streams admitted before a reload still count after
 * it. A reload prepares the next table without touching the running one, and activates it when everything else was found good.
 * The limiter of a route that is gone is kept while streams live under it.
 *
 * <p>Guarded by this: limiters. The current table is read without it.
 */
public final class RouteRegistry {
    private final LongSupplier nanoTime;
    private final DoubleSupplier random;
    private final Map<String, StreamLimiter> limiters = new HashMap<>();

    /** Written by reload; read by every request. */
    private volatile RouteTable current;

    /** Randomness from zero to one, asked by many threads at once. */
    public RouteRegistry(LongSupplier nanoTime, DoubleSupplier random) {
        this.nanoTime = requireNonNull(nanoTime, "nanoTime");
        this.random = requireNonNull(random, "random");
        this.current = new RouteTable(List.of(), Optional.empty(), random);
    }

    /** The table that new requests use. */
    public RouteTable current() {
        return current;
    }

    /** Builds the next table, with the limiter of every route that stays; nothing that runs feels it. */
    public synchronized RouteTable prepare(List<RouteConfig> configs, Optional<Integer> defaultCap) {
        List<Route> routes = configs.stream()
                .map(config -> new Route(config, limiter(config.name())))
                .toList();
        return new RouteTable(routes, defaultCap, random);
    }

    /** Swaps the prepared table in; the new caps hold at once and cut nobody. */
    public synchronized void activate(RouteTable next) {
        for (Route route : next.routes()) {
            limiters.put(route.name(), route.limiter());
            route.limiter().resize(next.capOf(route));
        }
        Set<String> configured = next.routes().stream().map(Route::name).collect(Collectors.toSet());
        limiters.values().removeIf(limiter -> !configured.contains(limiter.name()) && limiter.inUse() == 0);
        current = next;
    }

    private StreamLimiter limiter(String name) {
        return Optional.ofNullable(limiters.get(name))
                .orElseGet(() -> new StreamLimiter(LimiterScope.ROUTE, name, Optional.empty(), nanoTime));
    }
}
