// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Warns of routes that no request can reach, because an earlier one takes everything they could match. Confined to the thread that loads. */
final class RouteOrder {
    private final ConfigNode root;
    private final ConfigProblems problems;

    RouteOrder(ConfigNode root, ConfigProblems problems) {
        this.root = root;
        this.problems = problems;
    }

    void check(List<RouteConfig> routes) {
        Map<String, ConfigNode> nodes = new HashMap<>();
        for (ConfigNode node : Nodes.items(Nodes.child(root, "routes"))) {
            Nodes.scalar(Nodes.child(node, "name")).ifPresent(name -> nodes.putIfAbsent(name.text(), node));
        }
        for (int later = 1; later < routes.size(); later++) {
            RouteConfig hidden = routes.get(later);
            routes.subList(0, later).stream()
                    .filter(earlier -> covers(earlier.match(), hidden.match()))
                    .findFirst()
                    .ifPresent(earlier -> warn(nodes.getOrDefault(hidden.name(), root), hidden, earlier));
        }
    }

    private void warn(ConfigNode node, RouteConfig hidden, RouteConfig earlier) {
        problems.warning(
                node.origin(),
                node.path(),
                "the route \"" + hidden.name() + "\" can never match: \"" + earlier.name()
                        + "\" before it takes every request it could");
    }

    static boolean covers(MatchConfig wide, MatchConfig narrow) {
        return narrow.path().stream().allMatch(path -> wide.path().stream().anyMatch(pattern -> covers(pattern, path)))
                && covers(wide.model(), narrow.model())
                && wide.headers().entrySet().stream()
                        .allMatch(header -> narrow.headers().containsKey(header.getKey())
                                && covers(
                                        header.getValue(),
                                        narrow.headers().getOrDefault(header.getKey(), header.getValue())));
    }

    private static boolean covers(PathPattern wide, PathPattern narrow) {
        return wide.prefix() ? narrow.stem().startsWith(wide.stem()) : wide.equals(narrow);
    }

    /** Each star of the narrow pattern is one more character for the wide one, which only a star can take. */
    private static boolean covers(Glob wide, Glob narrow) {
        return wide.matches(narrow.text());
    }
}
