// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testkit;

import dev.penstock.spi.Hook;
import dev.penstock.spi.Plugin;
import dev.penstock.spi.PluginContext;
import dev.penstock.spi.PluginFactory;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A factory as it is, whose plugins are remembered and counted.
 *
 * <p>Thread-safe: a concurrent list.
 *
 * @param <C> the plugin's configuration
 */
final class CapturingFactory<C extends Record> implements PluginFactory<C> {
    private final PluginFactory<C> factory;
    private final List<CountedPlugin> created = new CopyOnWriteArrayList<>();

    CapturingFactory(PluginFactory<C> factory) {
        this.factory = factory;
    }

    List<CountedPlugin> created() {
        return created;
    }

    @Override
    public String id() {
        return factory.id();
    }

    @Override
    public Class<C> configType() {
        return factory.configType();
    }

    @Override
    public Set<Hook> hooks() {
        return factory.hooks();
    }

    @Override
    public Set<Hook> heavyHooks() {
        return factory.heavyHooks();
    }

    @Override
    public Plugin create(C config, PluginContext context) throws Exception {
        CountedPlugin counted = new CountedPlugin(factory.create(config, context));
        created.add(counted);
        return counted;
    }
}
