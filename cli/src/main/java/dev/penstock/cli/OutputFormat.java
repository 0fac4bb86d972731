// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

/** How a command prints its data. Immutable. */
enum OutputFormat {
    TEXT,
    JSON;

    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
