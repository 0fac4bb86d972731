// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.List;

/** The text of one configuration file, kept to show the line of a problem. Immutable. */
public record Source(String name, List<String> lines) {
    public Source {
        lines = List.copyOf(lines);
    }

    static Source of(String name, String text) {
        return new Source(name, text.lines().toList());
    }

    /** The line by its number from 1; empty beyond the end. */
    String line(int number) {
        return number >= 1 && number <= lines.size() ? lines.get(number - 1) : "";
    }

    @Override
    public String toString() {
        return name;
    }
}
