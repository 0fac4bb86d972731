// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.latencytracker;

import dev.penstock.spi.Hook;
import dev.penstock.spi.Plugin;
import dev.penstock.spi.PluginContext;
import dev.penstock.spi.PluginFactory;
import dev.penstock.spi.StreamInfo;
import dev.penstock.spi.StreamObserver;
import java.util.Optional;
import java.util.Set;

/** Where the plugin begins. Immutable. */
public final class LatencyTrackerFactory implements PluginFactory<LatencyTrackerConfig> {
    @Override
    public String id() {
        return "latency-tracker";
    }

    @Override
    public Class<LatencyTrackerConfig> configType() {
        return LatencyTrackerConfig.class;
    }

    @Override
    public Set<Hook> hooks() {
        return Set.of(Hook.OBSERVE);
    }

    @Override
    public Plugin create(LatencyTrackerConfig config, PluginContext context) {
        return new LatencyTracker(new Models(config, context.metrics()));
    }

    /** Thread-safe: what it shares is. */
    private record LatencyTracker(Models models) implements Plugin {
        @Override
        public Optional<StreamObserver> observer(StreamInfo stream) {
            return Optional.of(new LatencyStream(models, stream));
        }
    }
}
