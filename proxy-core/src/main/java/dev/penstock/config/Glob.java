// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

/** Text in which {@code *} stands for any characters, none included. Immutable. */
public record Glob(String text) {
    public Glob {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("must not be empty");
        }
    }

    /** Whether every text matches. */
    public boolean any() {
        return text.chars().allMatch(c -> c == '*');
    }

    /** Whether only the very same text matches. */
    public boolean exact() {
        return text.indexOf('*') < 0;
    }

    /** Linear in practice: the last star is the only place to go back to. */
    public boolean matches(String candidate) {
        int at = 0;
        int in = 0;
        int star = -1;
        int resume = 0;
        while (in < candidate.length()) {
            if (at < text.length() && text.charAt(at) == '*') {
                star = at++;
                resume = in;
            } else if (at < text.length() && text.charAt(at) == candidate.charAt(in)) {
                at++;
                in++;
            } else if (star >= 0) {
                at = star + 1;
                in = ++resume;
            } else {
                return false;
            }
        }
        return text.substring(at).chars().allMatch(c -> c == '*');
    }

    @Override
    public String toString() {
        return text;
    }
}
