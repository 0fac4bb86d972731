// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it.faults;

import dev.penstock.spi.Hook;
import dev.penstock.spi.Plugin;
import dev.penstock.spi.PluginContext;
import dev.penstock.spi.PluginFactory;
import dev.penstock.spi.StreamFilter;
import dev.penstock.spi.StreamInfo;
import dev.penstock.spi.StreamObserver;
import java.util.Optional;
import java.util.Set;

/** A plugin that counts, for every filter and observer of its own, what it is told and when. Immutable. */
public final class WitnessFactory implements PluginFactory<WitnessFactory.Config> {
    /** Nothing can be configured. Immutable. */
    public record Config() {}

    @Override
    public String id() {
        return "witness";
    }

    @Override
    public Class<Config> configType() {
        return Config.class;
    }

    @Override
    public Set<Hook> hooks() {
        return Set.of(Hook.values());
    }

    @Override
    public Plugin create(Config config, PluginContext context) {
        var counters = new WitnessCounters(context.metrics());
        return new Plugin() {
            @Override
            public Optional<StreamFilter> filter(StreamInfo stream) {
                return Optional.of(new WitnessFilter(counters.opened("filter")));
            }

            @Override
            public Optional<StreamObserver> observer(StreamInfo stream) {
                return Optional.of(new WitnessObserver(counters.opened("observer")));
            }
        };
    }
}
