// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

/** What is logged, and how. Immutable. */
public record LogConfig(
        @Doc(value = "Least severe level that is logged.", standard = "info")
        Level level,

        @Doc(value = "auto is human on a terminal and json elsewhere.", standard = "auto")
        Format format) {

    /** Levels, most severe first. */
    public enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }

    /** How a line looks. */
    public enum Format {
        AUTO,
        JSON,
        HUMAN
    }

    public static LogConfig defaults() {
        return Defaults.of(LogConfig.class);
    }
}
