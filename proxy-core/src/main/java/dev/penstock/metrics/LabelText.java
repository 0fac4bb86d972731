// SPDX-License-Identifier: Apache-2.0
package dev.penstock.metrics;

/**
 * Makes any string fit to be a label value: at most {@link #MAX_BYTES} bytes of UTF-8, cut between characters, without
 * control characters or lone surrogates, never empty (an empty value means "no such label" to Prometheus). Names that are
 * already fit, which is nearly all, are returned as they are. Immutable.
 */
final class LabelText {
    static final int MAX_BYTES = 128;

    private LabelText() {}

    static String of(String value) {
        if (value.isEmpty()) {
            return ProxyMetrics.NONE;
        }
        return isPlain(value) ? value : clean(value);
    }

    private static boolean isPlain(String value) {
        if (value.length() > MAX_BYTES) {
            return false;
        }
        for (var i = 0; i < value.length(); i++) {
            var c = value.charAt(i);
            if (c < 0x20 || c > 0x7e) {
                return false;
            }
        }
        return true;
    }

    private static String clean(String value) {
        var out = new StringBuilder();
        var bytes = 0;
        for (var i = 0; i < value.length(); i += Character.charCount(value.codePointAt(i))) {
            var point = printable(value.codePointAt(i));
            bytes += utf8Length(point);
            if (bytes > MAX_BYTES) {
                break;
            }
            out.appendCodePoint(point);
        }
        return out.toString();
    }

    private static int printable(int point) {
        return Character.isISOControl(point) || Character.getType(point) == Character.SURROGATE ? '_' : point;
    }

    private static int utf8Length(int point) {
        if (point < 0x80) {
            return 1;
        }
        if (point < 0x800) {
            return 2;
        }
        return point < 0x10000 ? 3 : 4;
    }
}
