// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testkit;

import dev.penstock.plugin.PluginMeters;
import dev.penstock.spi.PluginMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.DoubleAdder;

/** Counts in memory. Thread-safe: concurrent maps of adders. */
final class HarnessMeters implements PluginMeters {
    private final Map<List<String>, DoubleAdder> values = new ConcurrentHashMap<>();
    private final List<String> errors = new CopyOnWriteArrayList<>();

    double value(String name, String... labelValues) {
        DoubleAdder adder = values.get(key(name, labelValues));
        return adder == null ? 0 : adder.sum();
    }

    /** Hooks that failed, one line per failure. */
    List<String> errors() {
        return List.copyOf(errors);
    }

    @Override
    public Hook hook(String plugin, String hook) {
        return new Hook() {
            @Override
            public void took(long nanos) {
                // Nobody asks.
            }

            @Override
            public void failed() {
                errors.add(plugin + "/" + hook);
            }
        };
    }

    @Override
    public void eventsLost(String plugin, long events) {
        add("events_lost", (double) events);
    }

    @Override
    public void detached(String plugin) {
        add("detached", 1);
    }

    @Override
    public PluginMetrics pluginMetrics(String pluginId) {
        return new PluginMetrics() {
            @Override
            public Counter counter(String name, String help, String... labels) {
                return (amount, labelValues) -> {
                    requireAsMany(name, labels, labelValues);
                    if (amount < 0) {
                        throw new IllegalArgumentException(name + " must not be counted down: " + amount);
                    }
                    add(name, amount, labelValues);
                };
            }

            @Override
            public Histogram histogram(String name, String help, String... labels) {
                return (seconds, labelValues) -> {
                    requireAsMany(name, labels, labelValues);
                    add(name + "_count", 1, labelValues);
                    add(name + "_sum", seconds, labelValues);
                };
            }
        };
    }

    private static void requireAsMany(String name, String[] labels, String[] labelValues) {
        if (labels.length != labelValues.length) {
            throw new IllegalArgumentException(
                    name + " has " + labels.length + " labels, and was given " + labelValues.length + " values");
        }
    }

    private void add(String name, double amount, String... labelValues) {
        values.computeIfAbsent(key(name, labelValues), _ -> new DoubleAdder()).add(amount);
    }

    private static List<String> key(String name, String... labelValues) {
        List<String> key = new ArrayList<>(List.of(labelValues));
        key.addFirst(name);
        return List.copyOf(key);
    }
}
