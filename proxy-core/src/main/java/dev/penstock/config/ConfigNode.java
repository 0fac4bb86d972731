// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.List;
import java.util.Optional;

/**
 * A piece of configuration as it was written, with its path and its place, after variables were filled in. Immutable.
 */
public sealed interface ConfigNode {
    /** Dotted path from the root, such as {@code routes[1].cluster}; empty at the root. */
    String path();

    Origin origin();

    /**
     * One value.
     *
     * @param text what it says
     * @param quoted whether it stood in quotes
     * @param expanded whether a variable or a file was filled in, or it came from outside the file: such text is never echoed
     */
    record Scalar(String path, Origin origin, String text, boolean quoted, boolean expanded) implements ConfigNode {
        /** Masked, because it may hold a secret. */
        @Override
        public String toString() {
            return path + "=" + Secret.MASK;
        }
    }

    /** Keys and values in the order of the file. */
    record Mapping(String path, Origin origin, List<Entry> entries) implements ConfigNode {
        public Mapping {
            entries = List.copyOf(entries);
        }

        Optional<Entry> entry(String key) {
            return entries.stream().filter(entry -> entry.key().equals(key)).findFirst();
        }
    }

    /** A key, where it stands, and its value. */
    record Entry(String key, Origin origin, ConfigNode value) {}

    /** Values in order. */
    record Sequence(String path, Origin origin, List<ConfigNode> items) implements ConfigNode {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /** A key with nothing behind it, or {@code null}. */
    record Empty(String path, Origin origin) implements ConfigNode {}

    /** What could not be read; its problem is already reported. */
    record Broken(String path, Origin origin) implements ConfigNode {}

    /** Nothing at all, as if the file did not say a word. */
    static ConfigNode nothing(String path) {
        return new Empty(path, new Origin.Standard());
    }
}
