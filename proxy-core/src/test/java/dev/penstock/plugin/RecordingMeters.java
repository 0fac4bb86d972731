// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.spi.PluginMetrics;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Remembers what was counted. Thread-safe: concurrent maps of adders. */
final class RecordingMeters implements PluginMeters {
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    long calls(String plugin, String hook) {
        return count("calls " + plugin + "/" + hook);
    }

    long errors(String plugin, String hook) {
        return count("errors " + plugin + "/" + hook);
    }

    long allErrors() {
        return counts.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("errors "))
                .mapToLong(entry -> entry.getValue().sum())
                .sum();
    }

    long lost(String plugin) {
        return count("lost " + plugin);
    }

    long detachments(String plugin) {
        return count("detached " + plugin);
    }

    private long count(String key) {
        return counts.computeIfAbsent(key, _ -> new LongAdder()).sum();
    }

    private void add(String key, long amount) {
        counts.computeIfAbsent(key, _ -> new LongAdder()).add(amount);
    }

    @Override
    public Hook hook(String plugin, String hook) {
        return new Hook() {
            @Override
            public void took(long nanos) {
                add("calls " + plugin + "/" + hook, 1);
            }

            @Override
            public void failed() {
                add("errors " + plugin + "/" + hook, 1);
            }
        };
    }

    @Override
    public void eventsLost(String plugin, long events) {
        add("lost " + plugin, events);
    }

    @Override
    public void detached(String plugin) {
        add("detached " + plugin, 1);
    }

    @Override
    public PluginMetrics pluginMetrics(String pluginId) {
        return new PluginMetrics() {
            @Override
            public Counter counter(String name, String help, String... labels) {
                return (amount, values) -> add(pluginId + " " + name, Math.round(amount));
            }

            @Override
            public Histogram histogram(String name, String help, String... labels) {
                return (seconds, values) -> add(pluginId + " " + name, 1);
            }
        };
    }
}
