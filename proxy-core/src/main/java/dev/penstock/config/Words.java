// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Enums as the words of the file. Immutable. */
final class Words {
    private Words() {}

    /** For a class whose {@code isEnum} is true. */
    static <T> ScalarType<T> of(Class<T> words) {
        List<T> constants = List.of(words.getEnumConstants());
        List<String> known = constants.stream().map(Words::word).toList();
        return new ScalarType<>(
                words, "word", Map.of("enum", known), text -> constants.get(index(known, text)), Words::word, false);
    }

    private static String word(Object constant) {
        return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT);
    }

    private static int index(List<String> known, String text) {
        int index = known.indexOf(text);
        if (index < 0) {
            throw new IllegalArgumentException("must be " + choice(known) + DidYouMean.hint(text, known));
        }
        return index;
    }

    /** {@code a, b, c}. */
    static String list(List<String> words) {
        return String.join(", ", words);
    }

    /** {@code a, b and c}. */
    static String conjunction(List<String> words) {
        return joined(words, " and ");
    }

    /** {@code a, b or c}. */
    static String choice(List<String> words) {
        return joined(words, " or ");
    }

    private static String joined(List<String> words, String last) {
        return words.size() < 2
                ? String.join("", words)
                : String.join(", ", words.subList(0, words.size() - 1)) + last + words.getLast();
    }
}
