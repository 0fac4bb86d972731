// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

/**
 * A value from a flag or from the environment, laid over the file. Immutable.
 *
 * @param path dotted path, such as {@code worker.max_streams}; {@code listen} alone means the address in it
 * @param value as it would stand in the file
 * @param label where it came from, such as {@code flag --max-streams} or {@code env PENSTOCK_MAX_STREAMS}
 */
public record ConfigOverride(String path, String value, String label) {
    public static ConfigOverride flag(String path, String value, String option) {
        return new ConfigOverride(path, value, "flag " + option);
    }

    public static ConfigOverride environment(String path, String value, String variable) {
        return new ConfigOverride(path, value, "env " + variable);
    }
}
