// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.spi.PluginMetrics;

/** What this room counts, and what plugins count themselves. A port; implementations are thread-safe and do not throw. */
public interface PluginMeters {
    /** The meters of one hook of one plugin; asked once per chain entry and hook. */
    Hook hook(String plugin, String hook);

    /** Events that an observer did not get. */
    void eventsLost(String plugin, long events);

    /** An observer stopped observing a stream before its end. */
    void detached(String plugin);

    /** Where the plugin with this id registers metrics of its own. */
    PluginMetrics pluginMetrics(String pluginId);

    /** The meters of one hook. */
    interface Hook {
        /** One call, whatever came of it. */
        void took(long nanos);

        /** The call threw, ran out of time or answered garbage. */
        void failed();
    }
}
