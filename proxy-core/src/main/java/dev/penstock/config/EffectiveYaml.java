// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes the effective configuration as YAML that the loader reads back. Confined to one thread. */
final class EffectiveYaml {
    private static final int COMMENT_COLUMN = 44;
    private static final String PLAIN =
            "[A-Za-z_/.]([A-Za-z0-9_./%:-]*[A-Za-z0-9_./%-])?|[0-9][A-Za-z0-9_.-]*(:[0-9]+|[A-Za-z%]+|-[0-9]+)";
    private static final List<String> NOT_TEXT = List.of("true", "false", "null", "yes", "no", "on", "y", "n");

    private final StringBuilder out = new StringBuilder();

    String render(Effective.Section root) {
        section(root, "");
        return out.toString();
    }

    private void section(Effective.Section section, String indent) {
        section.entries().forEach((key, value) -> entry(key(key) + ":", value, indent));
    }

    private void entry(String head, Effective value, String indent) {
        switch (value) {
            case Effective.Value one ->
                line(indent + head + " " + scalar(one), one.origin().toString());
            case Effective.Section section when section.entries().isEmpty() -> line(indent + head + " {}", "");
            case Effective.Items items when items.elements().isEmpty() -> line(indent + head + " []", "");
            case Effective.Items items when flat(items) -> line(indent + head + " " + flow(items), origin(items));
            case Effective.Section section -> {
                line(indent + head, "");
                section(section, indent + "  ");
            }
            case Effective.Items items -> {
                line(indent + head, "");
                items.elements().forEach(element -> item(element, indent + "  "));
            }
        }
    }

    /** The first key of an element stands behind the dash. */
    private void item(Effective element, String indent) {
        if (!(element instanceof Effective.Section section) || section.entries().isEmpty()) {
            entry("-", element, indent);
            return;
        }
        boolean first = true;
        for (Map.Entry<String, Effective> entry : section.entries().entrySet()) {
            if (first) {
                entry("- " + key(entry.getKey()) + ":", entry.getValue(), indent);
            } else {
                entry(key(entry.getKey()) + ":", entry.getValue(), indent + "  ");
            }
            first = false;
        }
    }

    private static boolean flat(Effective.Items items) {
        return items.elements().stream().allMatch(Effective.Value.class::isInstance);
    }

    private static String flow(Effective.Items items) {
        return items.elements().stream()
                .map(element -> scalar((Effective.Value) element))
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private static String origin(Effective.Items items) {
        return ((Effective.Value) items.elements().getFirst()).origin().toString();
    }

    private static String scalar(Effective.Value value) {
        return value.json() instanceof String text ? quote(text) : value.json().toString();
    }

    /** Keys are never taken for anything but text. */
    private static String key(String key) {
        return key.matches("[A-Za-z_][A-Za-z0-9_-]*") ? key : quote(key);
    }

    /** Plain where every YAML reader takes it for text, else in double quotes; a dollar is doubled so that it is not filled in again. */
    private static String quote(String text) {
        if (text.matches(PLAIN) && !NOT_TEXT.contains(text)) {
            return text;
        }
        String escaped = text.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
                .replace("\t", "\\t")
                .replace("$", "$$");
        return "\"" + escaped + "\"";
    }

    private void line(String text, String origin) {
        out.append(text);
        if (!origin.isEmpty()) {
            out.append(" ".repeat(Math.max(2, COMMENT_COLUMN - text.length())))
                    .append("# ")
                    .append(origin);
        }
        out.append('\n');
    }
}
