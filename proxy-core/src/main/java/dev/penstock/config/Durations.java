// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as they are written: one number and one unit. Immutable. */
final class Durations {
    static final String PATTERN = "(0|[1-9][0-9]{0,8})(ns|us|ms|s|m|h)";
    private static final Pattern SYNTAX = Pattern.compile(PATTERN);

    private Durations() {}

    static Duration parse(String text) {
        Matcher matcher = SYNTAX.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    text.matches("[0-9]{1,9}")
                            ? unitless(text)
                            : "must be a duration with a unit, such as 500ms, 30s or 2m");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ns" -> Duration.ofNanos(number);
            case "us" -> Duration.ofNanos(number * 1_000);
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    private static String unitless(String number) {
        return "must have a unit, such as " + number + "s or " + number + "ms";
    }

    /** In the largest unit that loses nothing, but in seconds below five minutes. */
    static String render(Duration duration) {
        long nanos = duration.toNanos();
        if (nanos == 0) {
            return "0s";
        }
        if (nanos % 1_000_000_000L != 0) {
            return nanos % 1_000_000 == 0
                    ? nanos / 1_000_000 + "ms"
                    : nanos % 1_000 == 0 ? nanos / 1_000 + "us" : nanos + "ns";
        }
        long seconds = duration.toSeconds();
        if (seconds % 60 != 0 || seconds < 300) {
            return seconds + "s";
        }
        return seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds / 60 + "m";
    }
}
