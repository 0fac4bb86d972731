// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.log;

import java.util.stream.Collectors;

/** Keeps what strangers can choose short, and harmless to a terminal. Immutable. */
final class Excerpt {
    private Excerpt() {}

    /** At most {@code max} characters, not cutting a pair, with an ellipsis as the last where something is missing. */
    static String of(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        var end = max - 1;
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "\u2026";
    }

    /** For a human's line: what could end the line, move the cursor or reorder the text shows as an escape. */
    static String visible(String text) {
        return text.codePoints().mapToObj(Excerpt::visible).collect(Collectors.joining());
    }

    private static String visible(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> "\\u%04x".formatted(point);
            default -> Character.toString(point);
        };
    }
}
