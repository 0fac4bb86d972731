// SPDX-License-Identifier: Apache-2.0
package dev.penstock.routing;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;

/** All routes of one generation of the configuration, in order: the first match wins. Immutable. */
public final class RouteTable {
    private final List<Route> routes;
    private final Optional<Integer> defaultCap;
    private final DoubleSupplier random;

    RouteTable(List<Route> routes, Optional<Integer> defaultCap, DoubleSupplier random) {
        this.routes = List.copyOf(routes);
        this.defaultCap = requireNonNull(defaultCap, "defaultCap");
        this.random = requireNonNull(random, "random");
    }

    public List<Route> routes() {
        return routes;
    }

    /**
     * One answer for a request. The path is without a query; a request without a model matches only rules for all models.
     *
     * @param speaks whether a cluster can be sent this request; among the others there is no draw
     */
    public RouteAnswer match(String path, Optional<String> model, HeaderLookup headers, Predicate<String> speaks) {
        Optional<Route> found = first(path, model, headers);
        if (found.isPresent()) {
            return answer(found.get(), speaks);
        }
        if (!candidates(path, headers).isEmpty()) {
            return new RouteAnswer.UnknownModel();
        }
        return hasPath(path) ? new RouteAnswer.UnknownHeaders() : new RouteAnswer.UnknownPath();
    }

    /** Whether any rule is for the path. */
    public boolean hasPath(String path) {
        return routes.stream().anyMatch(route -> route.hasPath(path));
    }

    /** The rules of which one may be the answer to a request whose model is not known yet. */
    public List<Route> candidates(String path, HeaderLookup headers) {
        List<Route> candidates = new ArrayList<>();
        for (Route route : routes) {
            if (route.takes(path, headers)) {
                candidates.add(route);
                if (route.takesEveryModel()) {
                    break;
                }
            }
        }
        return List.copyOf(candidates);
    }

    private RouteAnswer answer(Route route, Predicate<String> speaks) {
        List<String> chain = route.chain(random.getAsDouble(), speaks);
        return chain.isEmpty() && route.leadsSomewhere()
                ? new RouteAnswer.OtherApi()
                : new RouteAnswer.Matched(route, chain);
    }

    /** What {@link #match} would do and why; draws nothing. */
    public RouteExplanation explain(String path, Optional<String> model, HeaderLookup headers) {
        Optional<Route> winner = first(path, model, headers);
        List<RouteExplanation.Rule> rules = new ArrayList<>();
        for (Route route : routes) {
            Optional<String> mismatch = route.mismatch(path, model, headers);
            String why = mismatch.orElseGet(() -> winner.filter(route::equals).isPresent()
                    ? "the first that matches"
                    : "it would match, but an earlier one does");
            rules.add(new RouteExplanation.Rule(route.name(), mismatch.isEmpty(), why));
        }
        return new RouteExplanation(rules, winner);
    }

    /** Every model name that is written in a route, in order: what {@code GET /v1/models} lists and metrics may name. */
    public List<String> publishedModels() {
        return routes.stream()
                .flatMap(route -> route.publishedModels().stream())
                .distinct()
                .toList();
    }

    /** The cap of a route, its own or the one for routes that have none. */
    Optional<Integer> capOf(Route route) {
        return route.config().maxStreams().or(() -> defaultCap);
    }

    private Optional<Route> first(String path, Optional<String> model, HeaderLookup headers) {
        return routes.stream()
                .filter(route -> route.matches(path, model, headers))
                .findFirst();
    }
}
