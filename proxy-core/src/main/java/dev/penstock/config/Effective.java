// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is in force, with where each value came from. Immutable. */
sealed interface Effective {
    /** One value: text, a number or a boolean; a secret is already masked. */
    record Value(Object json, Origin origin) implements Effective {}

    /** Keys in the order of the record. */
    record Section(Map<String, Effective> entries) implements Effective {}

    /** Elements in order. */
    record Items(List<Effective> elements) implements Effective {}

    /** A tree nobody has bound: what came from a variable, or has a telling key, is masked. */
    static Effective raw(ConfigNode node, boolean sensitive) {
        return switch (node) {
            case ConfigNode.Scalar scalar ->
                new Value(sensitive || scalar.expanded() ? Secret.MASK : scalar.text(), scalar.origin());
            case ConfigNode.Sequence sequence ->
                new Items(sequence.items().stream()
                        .map(item -> raw(item, sensitive))
                        .toList());
            case ConfigNode.Mapping mapping -> rawSection(mapping, sensitive);
            case ConfigNode.Empty empty -> new Section(Map.of());
            case ConfigNode.Broken broken -> new Section(Map.of());
        };
    }

    private static Section rawSection(ConfigNode.Mapping mapping, boolean sensitive) {
        Map<String, Effective> entries = new LinkedHashMap<>();
        for (ConfigNode.Entry entry : mapping.entries()) {
            entries.put(entry.key(), raw(entry.value(), sensitive || SecretMask.sensitive(entry.key())));
        }
        return new Section(entries);
    }
}
