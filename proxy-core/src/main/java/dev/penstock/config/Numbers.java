// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

/** Numbers and booleans without the surprises of YAML 1.1. Immutable. */
final class Numbers {
    private Numbers() {}

    /** No octal, no underscores, no exponent: {@code 010} and {@code 1e3} are refused. */
    static long whole(String text) {
        if (!text.matches("-?(0|[1-9][0-9]{0,17})")) {
            throw new IllegalArgumentException("must be a whole number");
        }
        return Long.parseLong(text);
    }

    static double decimal(String text) {
        if (!text.matches("-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,17})?")) {
            throw new IllegalArgumentException("must be a number, such as 0.5");
        }
        return Double.parseDouble(text);
    }

    /** {@code yes}, {@code on} and the like are refused. */
    static boolean truth(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false");
        };
    }
}
