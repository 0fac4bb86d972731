// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

/** A path, or a prefix of paths where the last character is {@code *}. Immutable. */
public record PathPattern(String text) {
    public PathPattern {
        int star = text.indexOf('*');
        if (!text.startsWith("/") || (star >= 0 && star != text.length() - 1)) {
            throw new IllegalArgumentException("must start with / and may have one * at its end, such as /v1/*");
        }
    }

    public boolean prefix() {
        return text.endsWith("*");
    }

    /** The path without the star. */
    public String stem() {
        return prefix() ? text.substring(0, text.length() - 1) : text;
    }

    /** The path only: no query. */
    public boolean matches(String path) {
        return prefix() ? path.startsWith(stem()) : path.equals(text);
    }

    @Override
    public String toString() {
        return text;
    }
}
