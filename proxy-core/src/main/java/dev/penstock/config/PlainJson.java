// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A tree as an editor with a JSON Schema sees it: plain scalars are numbers and booleans where YAML 1.2 says so. Immutable. */
final class PlainJson {
    private PlainJson() {}

    /** Empty for null. */
    static Optional<Object> of(ConfigNode node) {
        return switch (node) {
            case ConfigNode.Scalar scalar -> Optional.of(scalar(scalar));
            case ConfigNode.Sequence sequence -> Optional.of(list(sequence));
            case ConfigNode.Mapping mapping -> Optional.of(map(mapping));
            case ConfigNode.Empty empty -> Optional.empty();
            case ConfigNode.Broken broken -> Optional.empty();
        };
    }

    /** The YAML text of one value, such as an example in the documentation of a key. */
    static Object ofText(String yaml) {
        Source source = Source.of("text", yaml);
        ConfigProblems problems = new ConfigProblems();
        ConfigNode node = new YamlReader(source, scalar -> scalar, problems).read(yaml);
        problems.throwIfAny();
        return of(node).orElse("");
    }

    private static Object scalar(ConfigNode.Scalar scalar) {
        String text = scalar.text();
        if (scalar.quoted()) {
            return text;
        }
        if (text.matches("-?(0|[1-9][0-9]{0,17})")) {
            return Long.parseLong(text);
        }
        if (text.matches("-?[0-9]+\\.[0-9]+")) {
            return Double.parseDouble(text);
        }
        return text.equals("true") || text.equals("false") ? Boolean.valueOf(text) : text;
    }

    private static List<Object> list(ConfigNode.Sequence sequence) {
        return sequence.items().stream()
                .map(PlainJson::of)
                .map(item -> item.orElse(Map.of()))
                .toList();
    }

    private static Map<String, Object> map(ConfigNode.Mapping mapping) {
        Map<String, Object> entries = new LinkedHashMap<>();
        mapping.entries().forEach(entry -> of(entry.value()).ifPresent(value -> entries.put(entry.key(), value)));
        return entries;
    }
}
