// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

/** A whole share of a hundred. Immutable. */
public record Percent(int value) {
    static final String PATTERN = "(100|[1-9]?[0-9])%";

    public Percent {
        if (value < 0 || value > 100) {
            throw new IllegalArgumentException("must be a percentage from 0% to 100%");
        }
    }

    /** Reads {@code 20%}. */
    public static Percent parse(String text) {
        if (!text.matches(PATTERN)) {
            throw new IllegalArgumentException("must be a percentage from 0% to 100%, such as 20%");
        }
        return new Percent(Integer.parseInt(text.substring(0, text.length() - 1)));
    }

    /** Between 0 and 1. */
    public double fraction() {
        return value / 100.0;
    }

    @Override
    public String toString() {
        return value + "%";
    }
}
