// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.ArrayList;
import java.util.List;

/** Lays overrides over the tree of the file; the last one for a path wins. Immutable. */
final class Overlay {
    private final Shape.Section root;

    Overlay(Shape.Section root) {
        this.root = root;
    }

    ConfigNode apply(ConfigNode tree, List<ConfigOverride> overrides) {
        ConfigNode result = tree;
        for (ConfigOverride override : overrides) {
            Origin origin = new Origin.Outside(override.label());
            List<String> keys = List.of(override.path().split("\\.", -1));
            ConfigNode.Scalar value = new ConfigNode.Scalar(override.path(), origin, override.value(), false, true);
            result = set(result, root, keys, value);
        }
        return result;
    }

    private ConfigNode set(ConfigNode node, Shape.Section shape, List<String> keys, ConfigNode.Scalar value) {
        ConfigNode.Mapping mapping = asMapping(node, shape);
        String key = keys.getFirst();
        List<ConfigNode.Entry> entries = new ArrayList<>(mapping.entries());
        String path = mapping.path().isEmpty() ? key : mapping.path() + "." + key;
        ConfigNode before = mapping.entry(key).map(ConfigNode.Entry::value).orElse(ConfigNode.nothing(path));
        ConfigNode after = below(before, shape, keys, value);
        entries.removeIf(entry -> entry.key().equals(key));
        entries.add(new ConfigNode.Entry(key, value.origin(), after));
        return new ConfigNode.Mapping(mapping.path(), mapping.origin(), entries);
    }

    private ConfigNode below(ConfigNode before, Shape.Section shape, List<String> keys, ConfigNode.Scalar value) {
        List<String> rest = keys.subList(1, keys.size());
        if (!(shape.field(keys.getFirst()).map(Shape.Field::shape).orElse(new Shape.Raw())
                instanceof Shape.Section section)) {
            return value;
        }
        if (!rest.isEmpty()) {
            return set(before, section, rest, value);
        }
        boolean keepsMore =
                before instanceof ConfigNode.Mapping && section.shorthand().isPresent();
        return keepsMore ? set(before, section, List.of(section.shorthand().get()), value) : value;
    }

    /** What the file says, as a mapping; what cannot be one is left to be replaced. */
    private static ConfigNode.Mapping asMapping(ConfigNode node, Shape.Section shape) {
        if (node instanceof ConfigNode.Mapping mapping) {
            return mapping;
        }
        if (node instanceof ConfigNode.Scalar scalar && shape.shorthand().isPresent()) {
            return Shorthands.unfold(scalar, shape.shorthand().get());
        }
        return new ConfigNode.Mapping(node.path(), node.origin(), List.of());
    }
}
