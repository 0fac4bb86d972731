// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Fills in what one part of the tree takes from another before anything is bound: a route's stream section from the global one,
 * caps and the time to wait for a place from the worker's, and names. What is taken over keeps its own place, so a problem in it
 * is reported once and where it stands. Immutable.
 */
final class Inheritance {
    private final Shape.Section stream;

    Inheritance(Shapes shapes) {
        this.stream = shapes.section(StreamConfig.class);
    }

    ConfigNode apply(ConfigNode root) {
        if (!(root instanceof ConfigNode.Mapping mapping)) {
            return root;
        }
        Optional<ConfigNode> worker = mapping.entry("worker").map(ConfigNode.Entry::value);
        Optional<ConfigNode> perRoute = worker.flatMap(node -> Nodes.child(node, "max_streams_per_route"));
        Optional<ConfigNode> perInstance = worker.flatMap(node -> Nodes.child(node, "max_streams_per_instance"));
        Optional<ConfigNode> maxWait =
                worker.flatMap(node -> Nodes.child(node, "queue")).flatMap(queue -> Nodes.child(queue, "max_wait"));
        Optional<ConfigNode> global = mapping.entry("stream").map(ConfigNode.Entry::value);
        List<ConfigNode.Entry> entries = new ArrayList<>();
        for (ConfigNode.Entry entry : mapping.entries()) {
            ConfigNode value = switch (entry.key()) {
                case "routes" ->
                    each(
                            entry.value(),
                            (route, index) -> route(
                                    inherit(inherit(route, "max_streams", perRoute), "max_wait", maxWait),
                                    index,
                                    global));
                case "clusters" -> each(entry.value(), (cluster, index) -> cluster(cluster, perInstance));
                default -> entry.value();
            };
            entries.add(new ConfigNode.Entry(entry.key(), entry.origin(), value));
        }
        return new ConfigNode.Mapping(mapping.path(), mapping.origin(), entries);
    }

    /** What happens to one mapping of a list. */
    private interface Change {
        ConfigNode.Mapping apply(ConfigNode.Mapping element, int index);
    }

    private static ConfigNode each(ConfigNode list, Change change) {
        if (!(list instanceof ConfigNode.Sequence sequence)) {
            return list;
        }
        List<ConfigNode> items = new ArrayList<>();
        for (ConfigNode item : sequence.items()) {
            items.add(item instanceof ConfigNode.Mapping mapping ? change.apply(mapping, items.size()) : item);
        }
        return new ConfigNode.Sequence(sequence.path(), sequence.origin(), items);
    }

    private ConfigNode.Mapping route(ConfigNode.Mapping route, int index, Optional<ConfigNode> global) {
        ConfigNode.Mapping named = withDefault(route, "name", "r" + (index + 1));
        Optional<ConfigNode> own = Nodes.child(route, "stream").filter(node -> !unwritten(node));
        if (own.isEmpty() || global.isEmpty()) {
            return inherit(without(named, own.isEmpty() ? "stream" : ""), "stream", global);
        }
        return with(named, "stream", merge(stream, global.get(), own.get()));
    }

    private static ConfigNode.Mapping cluster(ConfigNode.Mapping cluster, Optional<ConfigNode> cap) {
        Optional<ConfigNode> instances = Nodes.child(cluster, "instances");
        return instances.isEmpty()
                ? cluster
                : with(cluster, "instances", each(instances.get(), (instance, index) -> instance(instance, cap)));
    }

    private static ConfigNode.Mapping instance(ConfigNode.Mapping instance, Optional<ConfigNode> cap) {
        Optional<ConfigNode.Scalar> url = Nodes.scalar(Nodes.child(instance, "url"));
        String name = url.map(text -> Urls.hostAndPort(text.text())).orElse(instance.path());
        ConfigNode.Mapping named = withDefault(instance, "name", name);
        return inherit(named, "max_streams", cap);
    }

    /** Sections are merged key by key; anything else of the nearer one replaces the farther. */
    private static ConfigNode merge(Shape.Section shape, ConfigNode far, ConfigNode near) {
        if (!(far instanceof ConfigNode.Mapping base) || !(near instanceof ConfigNode.Mapping mapping)) {
            return near;
        }
        ConfigNode.Mapping merged = mapping;
        for (ConfigNode.Entry inherited : base.entries()) {
            Optional<ConfigNode> own = Nodes.child(mapping, inherited.key()).filter(node -> !unwritten(node));
            if (own.isEmpty()) {
                merged = put(merged, inherited);
            } else if (shape.field(inherited.key()).map(Shape.Field::shape).orElse(shape)
                    instanceof Shape.Section section) {
                merged = with(merged, inherited.key(), merge(section, inherited.value(), own.get()));
            }
        }
        return merged;
    }

    private static boolean unwritten(ConfigNode node) {
        return node instanceof ConfigNode.Empty || Nodes.blank(node);
    }

    private static ConfigNode.Mapping inherit(ConfigNode.Mapping heir, String key, Optional<ConfigNode> from) {
        boolean written =
                Nodes.child(heir, key).filter(node -> !Nodes.blank(node)).isPresent();
        return written || from.isEmpty() ? heir : with(heir, key, from.get());
    }

    private static ConfigNode.Mapping withDefault(ConfigNode.Mapping mapping, String key, String text) {
        Origin origin = new Origin.Standard();
        ConfigNode value = new ConfigNode.Scalar(mapping.path() + "." + key, origin, text, false, true);
        return inherit(mapping, key, Optional.of(value));
    }

    private static ConfigNode.Mapping without(ConfigNode.Mapping mapping, String key) {
        return new ConfigNode.Mapping(
                mapping.path(),
                mapping.origin(),
                mapping.entries().stream()
                        .filter(entry -> !entry.key().equals(key))
                        .toList());
    }

    private static ConfigNode.Mapping with(ConfigNode.Mapping mapping, String key, ConfigNode value) {
        Origin origin = mapping.entry(key).map(ConfigNode.Entry::origin).orElse(value.origin());
        return put(mapping, new ConfigNode.Entry(key, origin, value));
    }

    private static ConfigNode.Mapping put(ConfigNode.Mapping mapping, ConfigNode.Entry added) {
        List<ConfigNode.Entry> entries = new ArrayList<>(mapping.entries());
        int at = 0;
        while (at < entries.size() && !entries.get(at).key().equals(added.key())) {
            at++;
        }
        if (at < entries.size()) {
            entries.set(at, added);
        } else {
            entries.add(added);
        }
        return new ConfigNode.Mapping(mapping.path(), mapping.origin(), entries);
    }
}
