// SPDX-License-Identifier: Apache-2.0
package dev.penstock.metrics;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * Writes one JSON value into a string, for the places that must not know a JSON library: log lines and admin answers. The
 * text is on one line and pure of anything that could end a line or move a terminal's cursor, whatever the strings hold:
 * control, format and separator characters are escaped, and a lone surrogate becomes U+FFFD, since no UTF-8 can carry it.
 * The caller keeps the brackets in balance; commas are put here.
 *
 * <pre>{@code
 * var text = new JsonText().object().field("id", id).field("bytes", 12).end().toString();
 * }</pre>
 *
 * Confined to the stream thread. Elsewhere: to the one thread that made it.
 */
public final class JsonText {
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final StringBuilder out;
    private boolean comma;
    private final StringBuilder closers = new StringBuilder();

    public JsonText() {
        this.out = new StringBuilder(512);
    }

    public JsonText object() {
        return open('{', '}');
    }

    public JsonText array() {
        return open('[', ']');
    }

    /** Closes the innermost open object or array. */
    public JsonText end() {
        var last = closers.length() - 1;
        out.append(closers.charAt(last));
        closers.setLength(last);
        comma = true;
        return this;
    }

    /** The key of the next value. */
    public JsonText key(String name) {
        separate();
        quote(name);
        out.append(':');
        comma = false;
        return this;
    }

    public JsonText value(String text) {
        separate();
        quote(requireNonNull(text, "text"));
        return this;
    }

    public JsonText value(long number) {
        separate();
        out.append(number);
        return this;
    }

    /** JSON has no NaN and no infinity: those become null. */
    public JsonText value(double number) {
        separate();
        if (Double.isFinite(number)) {
            out.append(number);
        } else {
            out.append("null");
        }
        return this;
    }

    public JsonText value(boolean bit) {
        separate();
        out.append(bit);
        return this;
    }

    public JsonText nothing() {
        separate();
        out.append("null");
        return this;
    }

    public JsonText field(String name, String text) {
        return key(name).value(text);
    }

    public JsonText field(String name, long number) {
        return key(name).value(number);
    }

    public JsonText field(String name, double number) {
        return key(name).value(number);
    }

    public JsonText field(String name, boolean bit) {
        return key(name).value(bit);
    }

    public JsonText field(String name, Map<String, String> texts) {
        key(name).object();
        texts.forEach(this::field);
        return end();
    }

    @Override
    public String toString() {
        return out.toString();
    }

    private JsonText open(char opener, char closer) {
        separate();
        out.append(opener);
        closers.append(closer);
        comma = false;
        return this;
    }

    private void separate() {
        if (comma) {
            out.append(',');
        }
        comma = true;
    }

    private void quote(String text) {
        out.append('"');
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
                out.append(c);
            } else if (Character.isSurrogate(c)) {
                i += pair(text, i);
            } else {
                special(c);
            }
        }
        out.append('"');
    }

    /** Copies a surrogate pair, or replaces a half of one; gives the extra characters used. */
    private int pair(String text, int at) {
        var point = text.codePointAt(at);
        if (Character.getType(point) == Character.SURROGATE) {
            out.append('\ufffd');
            return 0;
        }
        out.appendCodePoint(point);
        return 1;
    }

    private void special(char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (isSafe(c)) {
                    out.append(c);
                } else {
                    unicode(c);
                }
            }
        }
    }

    private static boolean isSafe(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    private void unicode(char c) {
        out.append("\\u")
                .append(HEX[c >> 12])
                .append(HEX[c >> 8 & 15])
                .append(HEX[c >> 4 & 15])
                .append(HEX[c & 15]);
    }
}
