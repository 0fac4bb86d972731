// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** Says in the words of the person who writes YAML what the parser did not like. Immutable. */
final class YamlMistake {
    private YamlMistake() {}

    /** Where a person would look; null where the parser does not say. */
    static @Nullable Mark place(MarkedYAMLException malformed) {
        Mark problem = malformed.getProblemMark();
        return problem == null || alias(malformed) ? malformed.getContextMark() : problem;
    }

    private static boolean alias(MarkedYAMLException malformed) {
        return String.valueOf(malformed.getContext()).contains("while scanning an alias");
    }

    static String explain(MarkedYAMLException malformed, Source source) {
        String problem = String.valueOf(malformed.getProblem());
        Mark mark = malformed.getProblemMark();
        String line = mark == null ? "" : source.line(mark.getLine() + 1);
        if (problem.contains("\\t") || problem.contains("TAB") || line.matches("\\s*\t.*")) {
            return "a tab cannot indent YAML; use spaces";
        }
        if (alias(malformed) || problem.contains("undefined alias")) {
            return "a value that starts with * means an alias in YAML; put it in quotes: \"*\"";
        }
        if (problem.contains("mapping values are not allowed")) {
            return "not valid YAML: a second \": \" in one line; put the value in quotes, or check the indentation";
        }
        if (problem.contains("',' or '}'") || problem.contains("',' or ']'")) {
            return "not valid YAML: a { or [ is not closed, or a comma is missing";
        }
        if (problem.contains("expected <block end>")) {
            return "not valid YAML: this line is indented differently from the ones it belongs to";
        }
        if (problem.contains("could not find expected ':'")) {
            return "not valid YAML: a key without a colon and a value";
        }
        return "not valid YAML: " + problem.toLowerCase(Locale.ROOT);
    }

    static String explain(YAMLException refused) {
        String message = String.valueOf(refused.getMessage());
        if (message.contains("aliases")) {
            return "the file has too many aliases";
        }
        if (message.contains("Nesting Depth")) {
            return "the file is nested too deeply";
        }
        if (message.contains("special characters are not allowed")) {
            return "the file holds a character that is not text";
        }
        return "not valid YAML: " + message.lines().findFirst().orElse("");
    }
}
