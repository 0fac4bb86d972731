// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import dev.penstock.metrics.CustomMeters;
import dev.penstock.metrics.HookMeter;
import dev.penstock.metrics.ProxyMetrics;
import dev.penstock.plugin.PluginMeters;
import dev.penstock.spi.PluginMetrics;

/**
 * What the plugin room counts, in the metrics.
 *
 * <p>Thread-safe: without state.
 */
final class PluginMetricsBridge implements PluginMeters {
    private final ProxyMetrics metrics;

    PluginMetricsBridge(ProxyMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public Hook hook(String plugin, String hook) {
        HookMeter meter = metrics.hook(plugin, hook);
        return new Hook() {
            @Override
            public void took(long nanos) {
                meter.took(nanos / 1e9);
            }

            @Override
            public void failed() {
                meter.failed();
            }
        };
    }

    @Override
    public void eventsLost(String plugin, long events) {
        metrics.pluginEventsLost(plugin, events);
    }

    @Override
    public void detached(String plugin) {
        metrics.pluginDetached(plugin);
    }

    @Override
    public PluginMetrics pluginMetrics(String pluginId) {
        return new Own(metrics.custom(), "plugin_" + pluginId.replace('-', '_') + "_");
    }

    /** A plugin's own metrics, under its prefix. Immutable. */
    private record Own(CustomMeters meters, String prefix) implements PluginMetrics {
        @Override
        public Counter counter(String name, String help, String... labels) {
            return meters.counter(prefix + name, help, labels)::add;
        }

        @Override
        public Histogram histogram(String name, String help, String... labels) {
            return meters.histogram(prefix + name, help, labels)::add;
        }
    }
}
