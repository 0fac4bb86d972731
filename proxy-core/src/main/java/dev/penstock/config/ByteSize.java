// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes, written with a unit. Immutable. */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
    static final String PATTERN = "(0|[1-9][0-9]{0,12})(B|KiB|MiB|GiB|KB|MB|GB)";
    private static final Pattern SYNTAX = Pattern.compile(PATTERN);

    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("must not be negative");
        }
    }

    /** Reads {@code 64KiB}, {@code 8MiB}, {@code 500B}, or decimal {@code 10MB}. */
    public static ByteSize parse(String text) {
        Matcher matcher = SYNTAX.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("must be a size with a unit, such as 64KiB or 8MiB");
        }
        return new ByteSize(Math.multiplyExact(Long.parseLong(matcher.group(1)), unit(matcher.group(2))));
    }

    private static long unit(String name) {
        return switch (name) {
            case "B" -> 1L;
            case "KiB" -> 1L << 10;
            case "MiB" -> 1L << 20;
            case "GiB" -> 1L << 30;
            case "KB" -> 1_000L;
            case "MB" -> 1_000_000L;
            default -> 1_000_000_000L;
        };
    }

    /** As an int, or the largest int. */
    public int clampedToInt() {
        return (int) Math.min(Integer.MAX_VALUE, bytes);
    }

    @Override
    public int compareTo(ByteSize other) {
        return Long.compare(bytes, other.bytes);
    }

    @Override
    public String toString() {
        for (String name : new String[] {"GiB", "MiB", "KiB"}) {
            if (bytes > 0 && bytes % unit(name) == 0) {
                return bytes / unit(name) + name;
            }
        }
        return bytes + "B";
    }
}
