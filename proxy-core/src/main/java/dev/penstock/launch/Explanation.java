// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import dev.penstock.config.ClusterConfig;
import dev.penstock.config.InstanceConfig;
import dev.penstock.config.PenstockConfig;
import dev.penstock.config.WeightedCluster;
import dev.penstock.routing.HeaderLookup;
import dev.penstock.routing.Route;
import dev.penstock.routing.RouteExplanation;
import dev.penstock.routing.RouteRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a configuration does with a request, and why, without a proxy that runs: every rule's answer, then the clusters in the
 * order in which they would be tried, and what part each instance has. Immutable.
 *
 * @param route the rule that takes it; empty if it would be answered with 404
 */
public record Explanation(List<RouteExplanation.Rule> rules, Optional<String> route, List<Target> clusters) {
    public Explanation {
        rules = List.copyOf(rules);
        clusters = List.copyOf(clusters);
    }

    /** A cluster of the chain, and when it is tried. Immutable. */
    public record Target(String cluster, String why, String balancer, List<Member> instances) {
        public Target {
            instances = List.copyOf(instances);
        }
    }

    /**
     * An instance of such a cluster, and when it is picked. Immutable.
     *
     * @param model the name that is sent instead of the client's
     */
    public record Member(String name, String url, Optional<String> model, String why) {}

    public static Explanation of(PenstockConfig config, String path, Optional<String> model, HeaderLookup headers) {
        RouteExplanation found = new RouteRegistry(System::nanoTime, () -> 0)
                .prepare(config.routes(), Optional.empty())
                .explain(path, model, headers);
        List<Target> targets = new ArrayList<>();
        found.route().ifPresent(route -> {
            shared(config, route, targets);
            fallbacks(config, route, targets);
        });
        List<Target> asked =
                targets.stream().map(target -> spoken(config, target, path)).toList();
        return new Explanation(found.rules(), found.route().map(Route::name), asked);
    }

    /** A cluster that speaks another API than the path belongs to is passed over. */
    private static Target spoken(PenstockConfig config, Target target, String path) {
        return cluster(config, target.cluster)
                .dialect()
                .filter(dialect -> !dialect.takes(path))
                .map(dialect -> new Target(
                        target.cluster,
                        "never: it speaks " + dialect.word() + ", and the path belongs to another API",
                        target.balancer,
                        target.instances))
                .orElse(target);
    }

    private static ClusterConfig cluster(PenstockConfig config, String name) {
        return config.clusters().stream()
                .filter(some -> some.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void shared(PenstockConfig config, Route route, List<Target> targets) {
        List<WeightedCluster> shares = route.config().clusters();
        int sum = shares.stream().mapToInt(WeightedCluster::weight).sum();
        for (WeightedCluster share : shares) {
            String why = share.weight() == 0
                    ? "never: its weight is 0"
                    : share.weight() == sum ? "first" : "first, for " + share.weight() + " of " + sum + " requests";
            targets.add(target(config, route, share.name(), why));
        }
    }

    private static void fallbacks(PenstockConfig config, Route route, List<Target> targets) {
        for (String fallback : route.config().fallback()) {
            targets.add(target(config, route, fallback, "when those before it have failed"));
        }
    }

    private static Target target(PenstockConfig config, Route route, String name, String why) {
        ClusterConfig cluster = cluster(config, name);
        List<Member> members = cluster.instances().stream()
                .map(instance -> new Member(
                        instance.name(),
                        instance.url().toString(),
                        instance.model().or(route::model),
                        why(instance, cluster)))
                .toList();
        return new Target(name, why, cluster.balancer().getClass().getSimpleName(), members);
    }

    private static String why(InstanceConfig instance, ClusterConfig cluster) {
        if (instance.weight() == 0) {
            return "never: its weight is 0";
        }
        List<InstanceConfig> tier = cluster.instances().stream()
                .filter(other -> other.weight() > 0 && other.priority() == instance.priority())
                .toList();
        boolean preferred = cluster.instances().stream()
                .noneMatch(other -> other.weight() > 0 && other.priority() < instance.priority());
        int sum = tier.stream().mapToInt(InstanceConfig::weight).sum();
        String share = tier.size() == 1 ? "the only one" : "weight " + instance.weight() + " of " + sum;
        return "priority " + instance.priority() + ", " + share
                + (preferred ? "" : ", while none with a lower priority number is usable and free");
    }
}
