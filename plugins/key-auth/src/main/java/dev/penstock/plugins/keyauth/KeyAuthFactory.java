// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.keyauth;

import dev.penstock.spi.Hook;
import dev.penstock.spi.Plugin;
import dev.penstock.spi.PluginContext;
import dev.penstock.spi.PluginFactory;
import dev.penstock.spi.PluginMetrics.Counter;
import dev.penstock.spi.StreamFilter;
import dev.penstock.spi.StreamInfo;
import java.util.Optional;
import java.util.Set;

/** Where the plugin begins. Immutable. */
public final class KeyAuthFactory implements PluginFactory<KeyAuthConfig> {
    @Override
    public String id() {
        return "key-auth";
    }

    @Override
    public Class<KeyAuthConfig> configType() {
        return KeyAuthConfig.class;
    }

    @Override
    public Set<Hook> hooks() {
        return Set.of(Hook.REQUEST);
    }

    @Override
    public Plugin create(KeyAuthConfig config, PluginContext context) {
        Counter refused = context.metrics()
                .counter(
                        "refused_total",
                        "Requests without a key, with an unknown key, or for a model not allowed.",
                        "reason");
        return new KeyAuthPlugin(new Consumers(config), refused);
    }

    /** Thread-safe: immutable, and its counter is. */
    private record KeyAuthPlugin(Consumers consumers, Counter refused) implements Plugin {
        @Override
        public Optional<StreamFilter> filter(StreamInfo stream) {
            return Optional.of(new KeyAuthFilter(consumers, refused));
        }
    }
}
