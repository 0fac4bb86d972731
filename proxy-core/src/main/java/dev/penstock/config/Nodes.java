// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finding one's way in a tree by path. Immutable. */
final class Nodes {
    private static final Pattern STEP = Pattern.compile("\\[([0-9]+)\\]|([^.\\[\\]]+)");

    private Nodes() {}

    static Optional<ConfigNode> child(ConfigNode node, String key) {
        return node instanceof ConfigNode.Mapping mapping
                ? mapping.entry(key).map(ConfigNode.Entry::value)
                : Optional.empty();
    }

    static List<ConfigNode> items(Optional<ConfigNode> node) {
        return node.isPresent() && node.get() instanceof ConfigNode.Sequence sequence ? sequence.items() : List.of();
    }

    static Optional<ConfigNode.Scalar> scalar(Optional<ConfigNode> node) {
        return node.isPresent() && node.get() instanceof ConfigNode.Scalar scalar
                ? Optional.of(scalar)
                : Optional.empty();
    }

    /** Where a path stands, or the nearest thing above it that stands anywhere. */
    static Origin origin(ConfigNode root, String path) {
        ConfigNode node = root;
        Matcher steps = STEP.matcher(path);
        while (steps.find()) {
            String index = steps.group(1);
            Optional<ConfigNode> next = index == null ? child(node, steps.group(2)) : item(node, index);
            if (next.isEmpty()) {
                break;
            }
            node = next.get();
        }
        return node.origin();
    }

    private static Optional<ConfigNode> item(ConfigNode node, String index) {
        List<ConfigNode> items = items(Optional.of(node));
        int at = Integer.parseInt(index);
        return at < items.size() ? Optional.of(items.get(at)) : Optional.empty();
    }

    /** Whether it is a variable that turned out empty, which counts as nothing written. */
    static boolean blank(ConfigNode node) {
        return node instanceof ConfigNode.Scalar scalar
                && scalar.expanded()
                && scalar.text().isEmpty();
    }
}
