// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Keeps literal secrets out of the source lines of a report. Confined to the thread that loads. */
final class SecretMask {
    /** Keys whose value is hidden even where the file could not be parsed. */
    private static final Pattern TELLING = Pattern.compile(
            "(?i)((?:bearer|token|secret|password|api[_-]?key|authorization|value)[\"']?\\s*:\\s*[\"']?)([^\\s\"'{},]+)");

    private static final Pattern SENSITIVE_NAME =
            Pattern.compile("(?i).*(authorization|cookie|token|secret|password|key).*");

    private final Set<String> hidden = new HashSet<>();

    /** Whether a header or plugin key of this name probably holds a secret. */
    static boolean sensitive(String name) {
        return SENSITIVE_NAME.matcher(name).matches();
    }

    void hide(ConfigNode node) {
        switch (node) {
            case ConfigNode.Scalar scalar when !scalar.text().isBlank() -> hidden.add(scalar.text());
            case ConfigNode.Mapping mapping -> mapping.entries().forEach(entry -> hide(entry.value()));
            case ConfigNode.Sequence sequence -> sequence.items().forEach(this::hide);
            case ConfigNode.Scalar blank -> {}
            case ConfigNode.Empty empty -> {}
            case ConfigNode.Broken broken -> {}
        }
    }

    /** As many characters as before, so that the caret stays where it belongs. */
    String apply(String line) {
        String masked = TELLING.matcher(line)
                .replaceAll(match -> match.group(2).startsWith("$")
                        ? "$0"
                        : Matcher.quoteReplacement(match.group(1) + stars(match.group(2))));
        for (String secret : hidden) {
            masked = masked.replace(secret, stars(secret));
        }
        return masked;
    }

    private static String stars(String text) {
        return "*".repeat(text.length());
    }
}
