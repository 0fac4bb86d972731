// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Names: every one used exists, none is given twice, none is unused. Works on the tree, so that it can speak while other things are still
 * wrong. Confined to the thread that loads.
 */
final class ReferenceCheck {
    private final ConfigProblems problems;
    private final Map<String, Origin> clusters = new LinkedHashMap<>();
    private final Set<String> used = new LinkedHashSet<>();

    ReferenceCheck(ConfigProblems problems) {
        this.problems = problems;
    }

    void check(ConfigNode root) {
        List<ConfigNode> clusterNodes = Nodes.items(Nodes.child(root, "clusters"));
        names(clusterNodes, "cluster", clusters);
        for (ConfigNode cluster : clusterNodes) {
            names(Nodes.items(Nodes.child(cluster, "instances")), "instance of this cluster", new LinkedHashMap<>());
        }
        List<ConfigNode> routes = Nodes.items(Nodes.child(root, "routes"));
        names(routes, "route", new LinkedHashMap<>());
        routes.forEach(this::route);
        unused(routes);
        chain(Nodes.child(root, "plugins").flatMap(plugins -> Nodes.child(plugins, "chain")));
    }

    private void names(List<ConfigNode> named, String what, Map<String, Origin> seen) {
        for (ConfigNode node : named) {
            Nodes.scalar(Nodes.child(node, "name")).ifPresent(name -> claim(name, what, node.origin(), seen));
        }
    }

    private void claim(ConfigNode.Scalar name, String what, Origin owner, Map<String, Origin> seen) {
        boolean given = !(name.origin() instanceof Origin.Standard);
        Origin first = seen.putIfAbsent(name.text(), given ? name.origin() : owner);
        if (first != null) {
            String remedy = given ? "" : "; give each a name";
            problems.error(
                    given ? name.origin() : owner,
                    name.path(),
                    "another " + what + " is named \"" + name.text() + "\" already" + line(first) + remedy);
        }
    }

    private void route(ConfigNode route) {
        Nodes.child(route, "cluster").ifPresent(this::target);
        Nodes.child(route, "clusters").ifPresent(node -> elements(node).forEach(this::target));
        Nodes.child(route, "fallback").ifPresent(node -> elements(node).forEach(this::reference));
    }

    private static List<ConfigNode> elements(ConfigNode node) {
        return node instanceof ConfigNode.Scalar scalar ? CommaList.split(scalar) : Nodes.items(Optional.of(node));
    }

    private void target(ConfigNode node) {
        reference(Nodes.child(node, "name").orElse(node));
    }

    private void reference(ConfigNode node) {
        if (!(node instanceof ConfigNode.Scalar name)) {
            return;
        }
        used.add(name.text());
        if (!clusters.containsKey(name.text())) {
            problems.error(name, "no cluster named \"" + name.text() + "\"" + advice(name.text()));
        }
    }

    private String advice(String wrong) {
        Optional<String> meant = DidYouMean.nearest(wrong, clusters.keySet());
        if (meant.isPresent()) {
            Origin there = clusters.getOrDefault(meant.get(), new Origin.Standard());
            return "; did you mean \"" + meant.get() + "\"?" + line(there);
        }
        List<String> known = new ArrayList<>(clusters.keySet());
        return known.isEmpty() ? "" : "; there is " + Words.conjunction(known);
    }

    private void unused(List<ConfigNode> routes) {
        if (routes.isEmpty()) {
            return;
        }
        clusters.forEach((name, origin) -> {
            if (!used.contains(name)) {
                problems.warning(origin, "clusters", "no route uses the cluster \"" + name + "\"");
            }
        });
    }

    private void chain(Optional<ConfigNode> chain) {
        Map<String, Origin> seen = new LinkedHashMap<>();
        for (ConfigNode entry : chain.map(ReferenceCheck::elements).orElse(List.of())) {
            Optional<ConfigNode> own = Nodes.child(entry, "name").or(() -> Nodes.child(entry, "id"));
            Nodes.scalar(own.or(() -> Optional.of(entry))).ifPresent(label -> {
                Origin first = seen.putIfAbsent(label.text(), label.origin());
                if (first != null) {
                    problems.error(
                            label,
                            "\"" + label.text() + "\" is in the chain already" + line(first) + "; give each a name");
                }
            });
        }
    }

    private static String line(Origin origin) {
        return origin instanceof Origin.InFile place ? " (defined at line " + place.line() + ")" : "";
    }
}
