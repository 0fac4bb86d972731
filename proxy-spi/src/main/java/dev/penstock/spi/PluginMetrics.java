// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

/**
 * Metrics of a plugin, shown on the admin listener with everything else.
 *
 * <p>A metric is named {@code plugin_<id>_<name>} ({@code -} becomes {@code _}). Its labels are fixed when it is created.
 * Label values must come from a short list, such as configured names; after 200 combinations core counts everything new
 * under {@code other}. Asking again for the same name and labels gives the same metric, also across reloads.
 *
 * <pre>{@code
 * PluginMetrics.Counter blocked = metrics.counter("blocked_total", "Answers that were stopped.", "pattern");
 * blocked.add(1, "card-number");
 * }</pre>
 *
 * <p>Thread-safe. Core implements it; methods may be added.
 */
public interface PluginMetrics {

    /**
     * A number that only grows; its name should end in {@code _total}.
     *
     * @throws IllegalArgumentException if a name is not {@code [a-z][a-z0-9_]*}, or exists with other labels
     */
    Counter counter(String name, String help, String... labels);

    /**
     * A distribution with buckets from 1 ms to 2 min; its unit is seconds, and its name should end in {@code _seconds}.
     *
     * @throws IllegalArgumentException if a name is not {@code [a-z][a-z0-9_]*}, or exists with other labels
     */
    Histogram histogram(String name, String help, String... labels);

    /** A number that only grows. Thread-safe. */
    interface Counter {

        /**
         * Adds.
         *
         * @param amount not negative
         * @param labelValues as many as there are labels, in their order
         * @throws IllegalArgumentException for a negative amount or another number of values
         */
        void add(double amount, String... labelValues);
    }

    /** A distribution. Thread-safe. */
    interface Histogram {

        /**
         * Counts one value.
         *
         * @param seconds the value
         * @param labelValues as many as there are labels, in their order
         * @throws IllegalArgumentException for another number of values
         */
        void observe(double seconds, String... labelValues);
    }
}
