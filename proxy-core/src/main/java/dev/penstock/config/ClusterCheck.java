// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is wrong between clusters and routes, and settings of a cluster that do not go together. Confined to the thread that loads.
 */
final class ClusterCheck {
    private final ConfigNode root;
    private final ConfigProblems problems;

    ClusterCheck(ConfigNode root, ConfigProblems problems) {
        this.root = root;
        this.problems = problems;
    }

    void check(PenstockConfig config) {
        Map<String, ConfigNode> nodes = named("clusters");
        config.clusters().forEach(cluster -> check(cluster, Optional.ofNullable(nodes.get(cluster.name()))));
        Map<String, ConfigNode> routes = named("routes");
        config.routes()
                .forEach(route -> Optional.ofNullable(routes.get(route.name()))
                        .ifPresent(node -> dialects(route, node, config.clusters())));
    }

    private Map<String, ConfigNode> named(String section) {
        Map<String, ConfigNode> nodes = new HashMap<>();
        for (ConfigNode node : Nodes.items(Nodes.child(root, section))) {
            Nodes.scalar(Nodes.child(node, "name")).ifPresent(name -> nodes.putIfAbsent(name.text(), node));
        }
        return nodes;
    }

    private void check(ClusterConfig cluster, Optional<ConfigNode> node) {
        if (node.isEmpty()) {
            return;
        }
        HealthConfig health = cluster.health();
        if (health.assume() == HealthConfig.Assume.UNUSABLE && !health.active().enabled()) {
            warn(
                    node.get(),
                    "health.assume",
                    "without probes nobody finds out that an instance is usable, so none gets traffic; set"
                            + " health.active.path, or assume: usable");
        }
        if (cluster.instances().stream().allMatch(instance -> instance.weight() == 0)) {
            warn(node.get(), "instances", "every weight is 0, so no instance gets traffic");
        }
        if (cluster.retry().hedgeAfter().isPresent()) {
            hedging(cluster, node.get());
        }
    }

    /** Who is always outrun never fails, so only a probe, or a balancer that looks at speed, finds out. */
    private void hedging(ClusterConfig cluster, ConfigNode node) {
        if (cluster.instances().size() == 1 && cluster.dns().isEmpty()) {
            warn(node, "retry.hedge_after", "there is no second instance to ask");
        } else if (!cluster.health().active().enabled() && !(cluster.balancer() instanceof BalancerConfig.PeakEwma)) {
            warn(
                    node,
                    "retry.hedge_after",
                    "an instance that accepts requests and never answers always loses to the second, so no failure of"
                            + " it is seen and it is picked again and again; set health.active.path, or balancer:"
                            + " peak_ewma");
        }
    }

    private void warn(ConfigNode node, String key, String message) {
        String path = node.path() + "." + key;
        problems.warning(Nodes.origin(root, path), path, message);
    }

    /** A route that sends one API's path to instances that speak another can never work. */
    private void dialects(RouteConfig route, ConfigNode node, List<ClusterConfig> clusters) {
        List<String> used = Stream.concat(
                        route.clusters().stream().map(WeightedCluster::name), route.fallback().stream())
                .toList();
        clusters.stream()
                .filter(cluster -> used.contains(cluster.name()))
                .forEach(cluster -> cluster.dialect()
                        .ifPresent(dialect -> route.match().path().stream()
                                .filter(pattern -> !dialect.takes(pattern.stem()))
                                .findFirst()
                                .ifPresent(pattern -> problems.error(
                                        Nodes.origin(root, node.path() + ".match.path"),
                                        node.path() + ".match.path",
                                        pattern
                                                + " is a path of another API than the cluster"
                                                + " \""
                                                + cluster.name()
                                                + "\" speaks (" + dialect.word()
                                                + "); send it to another cluster, or leave out"
                                                + " the cluster's dialect"))));
    }
}
