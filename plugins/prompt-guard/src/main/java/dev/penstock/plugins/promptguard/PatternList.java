// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.promptguard;

import dev.penstock.plugins.parts.SearchTimeoutException;
import dev.penstock.plugins.parts.TextSearch;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Named patterns, in the order of their names.
 *
 * <p>Immutable.
 */
final class PatternList {
    private final TextSearch search;
    private final List<Named> patterns;

    private record Named(String name, Pattern pattern) {}

    PatternList(Map<String, String> patterns, Function<String, Pattern> compiler, TextSearch search) {
        this.search = search;
        this.patterns = patterns.entrySet().stream()
                .map(entry -> new Named(entry.getKey(), compiler.apply(entry.getValue())))
                .sorted(Comparator.comparing(Named::name))
                .toList();
    }

    boolean isEmpty() {
        return patterns.isEmpty();
    }

    /** The first that is found in the text. */
    Optional<String> first(CharSequence text, long deadlineNanos) throws SearchTimeoutException {
        for (Named named : patterns) {
            Duration left = Duration.ofNanos(deadlineNanos - search.nanoTime().getAsLong());
            if (search.found(named.pattern, text, left)) {
                return Optional.of(named.name);
            }
        }
        return Optional.empty();
    }
}
