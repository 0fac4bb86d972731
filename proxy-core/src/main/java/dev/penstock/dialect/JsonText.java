// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import java.util.HexFormat;

/**
 * Writes JSON strings that survive being a line of an event stream and being read by a browser: control characters,
 * NEL, U+2028, U+2029 and unpaired surrogates are escaped.
 *
 * <p>Immutable.
 */
final class JsonText {
    private JsonText() {}

    /** The text as a JSON string, quotes included. */
    static String quoted(String text) {
        var out = new StringBuilder(text.length() + 16).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> character(out, c, isUnpaired(text, i));
            }
        }
        return out.append('"').toString();
    }

    private static void character(StringBuilder out, char c, boolean unpaired) {
        if (c < ' ' || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || unpaired) {
            out.append("\\u").append(HexFormat.of().toHexDigits(c));
        } else {
            out.append(c);
        }
    }

    /** Whether the char at {@code i} is half of a surrogate pair whose other half is missing. */
    static boolean isUnpaired(String text, int i) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
        }
        return Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }
}
