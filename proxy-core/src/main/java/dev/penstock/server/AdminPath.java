// SPDX-License-Identifier: Apache-2.0
package dev.penstock.server;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A path with variables, such as <code>/streams/{id}</code>; a variable is one whole, non-empty segment. Immutable. */
record AdminPath(String pattern, List<String> segments) {
    static AdminPath of(String pattern) {
        if (!pattern.startsWith("/")) {
            throw new IllegalArgumentException("an admin path starts with a slash: " + pattern);
        }
        return new AdminPath(pattern, split(pattern));
    }

    /** The variables' values if the path fits. */
    Optional<Map<String, String>> match(String path) {
        var actual = split(path);
        if (actual.size() != segments.size()) {
            return Optional.empty();
        }
        var values = new HashMap<String, String>();
        for (var i = 0; i < actual.size(); i++) {
            if (!matches(segments.get(i), actual.get(i), values)) {
                return Optional.empty();
            }
        }
        return Optional.of(values);
    }

    long variables() {
        return segments.stream().filter(AdminPath::isVariable).count();
    }

    private static boolean matches(String segment, String actual, Map<String, String> values) {
        if (!isVariable(segment)) {
            return segment.equals(actual);
        }
        values.put(segment.substring(1, segment.length() - 1), actual);
        return !actual.isEmpty();
    }

    private static boolean isVariable(String segment) {
        return segment.startsWith("{") && segment.endsWith("}");
    }

    private static List<String> split(String path) {
        return List.of(path.split("/", -1));
    }
}
