// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

/** HTTP statuses from and to, both included. Immutable. */
public record StatusRange(int from, int to) {
    static final String PATTERN = "[1-5][0-9]{2}(-[1-5][0-9]{2})?";

    public StatusRange {
        if (from < 100 || to > 599 || from > to) {
            throw new IllegalArgumentException("must be a status such as 200, or a range such as 200-299");
        }
    }

    public boolean contains(int status) {
        return from <= status && status <= to;
    }

    /** Reads {@code 200} or {@code 200-299}. */
    public static StatusRange parse(String text) {
        if (!text.matches(PATTERN)) {
            throw new IllegalArgumentException("must be a status such as 200, or a range such as 200-299");
        }
        int from = Integer.parseInt(text.substring(0, 3));
        return new StatusRange(from, text.length() == 3 ? from : Integer.parseInt(text.substring(4)));
    }

    @Override
    public String toString() {
        return from == to ? Integer.toString(from) : from + "-" + to;
    }
}
