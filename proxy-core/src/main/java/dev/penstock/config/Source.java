// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.List;

/** The text of one configuration file, kept to show the line of a problem; equal only to itself. Immutable. */
public final class Source {
    private final String name;
    private final List<String> lines;

    private Source(String name, List<String> lines) {
        this.name = name;
        this.lines = lines;
    }

    static Source of(String name, String text) {
        return new Source(name, text.lines().toList());
    }

    /** The file as the user named it. */
    public String name() {
        return name;
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
