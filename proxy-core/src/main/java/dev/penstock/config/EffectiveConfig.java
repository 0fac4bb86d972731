// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The configuration in force with the origin of every value, secrets masked. Immutable. */
public final class EffectiveConfig {
    private final Effective.Section root;

    EffectiveConfig(Effective root) {
        this.root = (Effective.Section) withoutInherited((Effective.Section) root);
    }

    /** YAML, each value with its origin in a comment. */
    public String yaml() {
        return new EffectiveYaml().render(root);
    }

    /** Mappings, lists, text, numbers and booleans, ready for a JSON writer. */
    public Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        root.entries().forEach((key, value) -> tree.put(key, json(value)));
        return tree;
    }

    /** Origin by dotted path, for every value. */
    public Map<String, String> origins() {
        Map<String, String> origins = new LinkedHashMap<>();
        collect("", root, origins);
        return origins;
    }

    private static Object json(Effective node) {
        return switch (node) {
            case Effective.Value value -> value.json();
            case Effective.Items items ->
                items.elements().stream().map(EffectiveConfig::json).toList();
            case Effective.Section section -> {
                Map<String, Object> tree = new LinkedHashMap<>();
                section.entries().forEach((key, value) -> tree.put(key, json(value)));
                yield tree;
            }
        };
    }

    private static void collect(String path, Effective node, Map<String, String> origins) {
        switch (node) {
            case Effective.Value value -> origins.put(path, value.origin().toString());
            case Effective.Items items -> {
                for (int i = 0; i < items.elements().size(); i++) {
                    collect(path + "[" + i + "]", items.elements().get(i), origins);
                }
            }
            case Effective.Section section ->
                section.entries()
                        .forEach((key, value) -> collect(path.isEmpty() ? key : path + "." + key, value, origins));
        }
    }

    /** A route's stream section shows what differs from the global one; the rest would only be repeated. */
    private static Effective withoutInherited(Effective.Section root) {
        Map<String, Effective> entries = new LinkedHashMap<>(root.entries());
        if (entries.get("stream") instanceof Effective.Section global
                && entries.get("routes") instanceof Effective.Items routes) {
            List<Effective> slim = new ArrayList<>();
            routes.elements().forEach(route -> slim.add(slimRoute(route, global)));
            entries.put("routes", new Effective.Items(slim));
        }
        return new Effective.Section(entries);
    }

    private static Effective slimRoute(Effective route, Effective.Section global) {
        if (!(route instanceof Effective.Section section)
                || !(section.entries().get("stream") instanceof Effective.Section own)) {
            return route;
        }
        Map<String, Effective> entries = new LinkedHashMap<>(section.entries());
        Effective.Section difference = difference(own, global);
        if (difference.entries().isEmpty()) {
            entries.remove("stream");
        } else {
            entries.put("stream", difference);
        }
        return new Effective.Section(entries);
    }

    private static Effective.Section difference(Effective.Section own, Effective.Section global) {
        Map<String, Effective> different = new LinkedHashMap<>();
        own.entries().forEach((key, value) -> {
            Effective other = global.entries().get(key);
            if (value instanceof Effective.Section mine && other instanceof Effective.Section theirs) {
                Effective.Section rest = difference(mine, theirs);
                if (!rest.entries().isEmpty()) {
                    different.put(key, rest);
                }
            } else if (!value.equals(other)) {
                different.put(key, value);
            }
        });
        return new Effective.Section(different);
    }
}
