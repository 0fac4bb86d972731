// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

/** Where a value came from. Immutable. */
public sealed interface Origin {
    /** Nobody wrote it. */
    record Standard() implements Origin {
        @Override
        public String toString() {
            return "default";
        }
    }

    /** A place in the file; line and column start at 1. */
    record InFile(Source source, int line, int column) implements Origin {
        @Override
        public String toString() {
            return source.name() + ":" + line + ":" + column;
        }
    }

    /** An environment variable or a flag, such as {@code flag --max-streams}. */
    record Outside(String label) implements Origin {
        @Override
        public String toString() {
            return label;
        }
    }
}
