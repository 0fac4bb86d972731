// SPDX-License-Identifier: Apache-2.0
package dev.penstock.server;

import dev.penstock.metrics.JsonText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Finds the endpoint of a method and a path, or the reply that says why there is none. Immutable. */
final class AdminRoutes {
    /** An endpoint and the values of its path's variables, or a refusal. */
    sealed interface Match {
        record Found(AdminEndpoint endpoint, Map<String, String> pathValues) implements Match {}

        record Refused(AdminReply reply) implements Match {}
    }

    private record Site(AdminPath path, Map<String, AdminEndpoint> byMethod) {}

    private final List<Site> sites; // literal paths before paths with variables

    AdminRoutes(List<AdminEndpoint> endpoints) {
        var byPath = new TreeMap<String, Map<String, AdminEndpoint>>();
        for (var endpoint : endpoints) {
            var methods = byPath.computeIfAbsent(endpoint.path(), _ -> new TreeMap<>());
            if (methods.put(endpoint.method(), endpoint) != null) {
                throw new IllegalArgumentException(
                        "two admin endpoints for " + endpoint.method() + " " + endpoint.path());
            }
        }
        var found = new ArrayList<Site>();
        byPath.forEach((path, methods) -> found.add(new Site(AdminPath.of(path), Map.copyOf(methods))));
        found.sort(Comparator.comparingLong(site -> site.path().variables()));
        sites = List.copyOf(found);
    }

    Match find(String method, String path) {
        for (var site : sites) {
            var values = site.path().match(path);
            if (values.isPresent()) {
                return inSite(site, method, values.get());
            }
        }
        return new Match.Refused(unknown());
    }

    private static Match inSite(Site site, String method, Map<String, String> values) {
        var endpoint = site.byMethod().get(method.equals("HEAD") ? "GET" : method);
        if (endpoint == null) {
            return new Match.Refused(AdminReply.error(405, "method not allowed").with("Allow", allowed(site)));
        }
        return new Match.Found(endpoint, values);
    }

    private static String allowed(Site site) {
        var methods = new TreeSet<>(site.byMethod().keySet());
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        return String.join(", ", methods);
    }

    private AdminReply unknown() {
        var text = new JsonText()
                .object()
                .field("error", "no such path")
                .key("paths")
                .array();
        sites.forEach(site -> text.value(site.path().pattern()));
        return AdminReply.json(404, text.end().end());
    }
}
