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

/** A plugin that does what the model's name says, see {@link Order}. Immutable. */
public final class FaultFactory implements PluginFactory<FaultFactory.Config> {
    /**
     * The configuration. Immutable.
     *
     * @param mark which orders are for this entry
     */
    public record Config(String mark) {}

    @Override
    public String id() {
        return "fault";
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
        return new Plugin() {
            @Override
            public Optional<StreamFilter> filter(StreamInfo stream) throws Exception {
                Optional<Order> order = Order.of(config.mark(), stream.model());
                if (order.isPresent()) {
                    order.get().strike("open");
                }
                return order.map(FaultFilter::new);
            }

            @Override
            public Optional<StreamObserver> observer(StreamInfo stream) throws Exception {
                Optional<Order> order = Order.of(config.mark(), stream.model());
                if (order.isPresent()) {
                    order.get().strike("watch");
                }
                return order.map(FaultObserver::new);
            }
        };
    }
}
