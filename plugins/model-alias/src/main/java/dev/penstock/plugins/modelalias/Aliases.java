// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.modelalias;

import dev.penstock.plugins.parts.ModelPattern;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Patterns with what each stands for; the one that says most about a name wins: the exact one, then the one with most fixed
 * characters.
 *
 * <p>Immutable.
 */
final class Aliases {
    private static final Comparator<Entry> MOST_FIXED_FIRST =
            Comparator.comparingInt(Entry::looseness).thenComparing(entry -> entry.pattern.text());

    private final List<Entry> entries;

    private record Entry(ModelPattern pattern, String value) {
        int looseness() {
            return pattern.exact() ? Integer.MIN_VALUE : -pattern.fixed();
        }
    }

    Aliases(Map<String, String> values) {
        this.entries = values.entrySet().stream()
                .map(entry -> new Entry(new ModelPattern(entry.getKey()), entry.getValue()))
                .sorted(MOST_FIXED_FIRST)
                .toList();
    }

    /** What stands for that name as it is written. */
    Optional<String> value(String model) {
        return entries.stream()
                .filter(entry -> entry.pattern.matches(model))
                .map(Entry::value)
                .findFirst();
    }

    /** The same, with what the pattern's star stood for in place of its own. */
    Optional<String> target(String model) {
        return entries.stream()
                .flatMap(entry -> entry.pattern.wild(model).map(wild -> entry.value.replace("*", wild)).stream())
                .findFirst();
    }
}
