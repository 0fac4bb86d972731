// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.promptguard;

import java.text.Normalizer;
import java.util.regex.Pattern;

/**
 * A text as a reader takes it in: wide and mathematical letters are the letters they look like, and invisible characters are not
 * there. Without this a zero-width space in a word would hide it.
 *
 * <p>Immutable.
 */
final class PlainText {
    private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cf}\\x{FE00}-\\x{FE0F}\\x{034F}]");

    private PlainText() {}

    static String of(String text) {
        boolean plain = text.chars().allMatch(c -> c < 0x80);
        return plain
                ? text
                : INVISIBLE
                        .matcher(Normalizer.normalize(text, Normalizer.Form.NFKC))
                        .replaceAll("");
    }
}
