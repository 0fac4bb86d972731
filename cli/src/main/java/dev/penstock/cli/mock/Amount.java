// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.mock;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations and sizes as users write them: {@code 250ms}, {@code 1.5s}, {@code 64KiB}. Immutable. */
public final class Amount {

    private static final Pattern SHAPE = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,6})?)([a-zA-Z]*)");
    private static final Map<String, Double> NANOS = Map.of("us", 1e3, "ms", 1e6, "s", 1e9, "m", 60e9, "h", 3_600e9);
    private static final Map<String, Double> BYTES =
            Map.of("B", 1.0, "KiB", 1024.0, "MiB", 1024.0 * 1024, "kB", 1e3, "MB", 1e6);

    private Amount() {}

    /**
     * A duration with its unit; {@code 0} and {@code off} need none.
     *
     * @throws IllegalArgumentException saying what a duration looks like
     */
    public static Duration duration(String text) {
        return Duration.ofNanos(parse(text, NANOS, (long) 1e17, "a duration such as 250ms, 2s or 1m"));
    }

    /**
     * A size with its unit; {@code 0} and {@code off} need none.
     *
     * @throws IllegalArgumentException saying what a size looks like
     */
    public static int size(String text) {
        return (int) parse(text, BYTES, Integer.MAX_VALUE, "a size such as 64B, 4KiB or 1MiB");
    }

    private static long parse(String text, Map<String, Double> units, long most, String expected) {
        if (text.equals("0") || text.equals("off")) {
            return 0;
        }
        Matcher matcher = SHAPE.matcher(text);
        if (!matcher.matches() || !units.containsKey(matcher.group(2))) {
            throw new IllegalArgumentException("'" + text + "' is not " + expected);
        }
        double value = Double.parseDouble(matcher.group(1)) * units.get(matcher.group(2));
        if (value > most) {
            throw new IllegalArgumentException("'" + text + "' is too much");
        }
        return Math.round(value);
    }
}
