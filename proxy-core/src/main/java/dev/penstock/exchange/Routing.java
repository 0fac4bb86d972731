// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.cluster.Cluster;
import dev.penstock.config.BalancerConfig;
import dev.penstock.config.HashKey;
import dev.penstock.routing.Route;
import dev.penstock.routing.RouteAnswer;
import java.util.List;
import java.util.Optional;

/**
 * What the second room found for a request: its route, and the chain of clusters to try. Immutable.
 */
record Routing(Route route, List<Cluster> chain, ClientRequest request) {

    static Routing of(Generation generation, ClientRequest request, Optional<String> model) {
        RouteAnswer answer = generation
                .routes()
                .match(request.path(), model, request::values, name -> speaks(generation.cluster(name), request));
        return switch (answer) {
            case RouteAnswer.Matched(Route route, List<String> clusters) ->
                new Routing(route, clusters.stream().map(generation::cluster).toList(), request);
            case RouteAnswer.OtherApi ignored ->
                throw new RefusedException(Refusal.of(
                                404,
                                RefusalReason.BAD_REQUEST,
                                "The model servers for this model speak another API than this path belongs to.")
                        .withCode("other_api"));
            case RouteAnswer.UnknownModel ignored -> throw new RefusedException(Accept.unknownModel(model.orElse("")));
            case RouteAnswer.UnknownHeaders ignored -> throw unknownHeaders();
            case RouteAnswer.UnknownPath ignored -> throw unknownPath();
        };
    }

    /** The routes that the request may be for, before its body has said which model it wants; at least one. */
    static List<Route> candidates(Generation generation, ClientRequest request) {
        List<Route> candidates = generation.routes().candidates(request.path(), request::values);
        if (candidates.isEmpty()) {
            throw generation.routes().hasPath(request.path()) ? unknownHeaders() : unknownPath();
        }
        return candidates;
    }

    private static RefusedException unknownPath() {
        return new RefusedException(
                Refusal.of(404, RefusalReason.BAD_REQUEST, "No route of this proxy takes this path.")
                        .withCode("unknown_path"));
    }

    private static RefusedException unknownHeaders() {
        return new RefusedException(
                Refusal.of(404, RefusalReason.BAD_REQUEST, "No route of this proxy takes this path with these headers.")
                        .withCode("unknown_headers"));
    }

    private static boolean speaks(Cluster cluster, ClientRequest request) {
        return cluster.config()
                .dialect()
                .map(dialect -> dialect.takes(request.path()))
                .orElse(true);
    }

    /** What a consistent-hash balancer of the first cluster hashes. */
    Optional<String> hashKey(String consumer, RequestBody body) {
        if (chain.isEmpty()
                || !(chain.getFirst().config().balancer() instanceof BalancerConfig.ConsistentHash(HashKey key))) {
            return Optional.empty();
        }
        return switch (key) {
            case HashKey.Header(var name) -> request.header(name.text());
            case HashKey.Consumer ignored -> Optional.of(consumer);
            case HashKey.PromptPrefix(int length) ->
                Optional.of(new String(
                        body.bytes(),
                        0,
                        Math.min(length, body.length()),
                        java.nio.charset.StandardCharsets.ISO_8859_1));
        };
    }
}
