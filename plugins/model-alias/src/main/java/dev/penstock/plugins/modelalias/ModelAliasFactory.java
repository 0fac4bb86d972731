// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.modelalias;

import dev.penstock.spi.Hook;
import dev.penstock.spi.Plugin;
import dev.penstock.spi.PluginContext;
import dev.penstock.spi.PluginFactory;
import java.util.Set;

/** Where the plugin begins. Immutable. */
public final class ModelAliasFactory implements PluginFactory<ModelAliasConfig> {
    @Override
    public String id() {
        return "model-alias";
    }

    @Override
    public Class<ModelAliasConfig> configType() {
        return ModelAliasConfig.class;
    }

    @Override
    public Set<Hook> hooks() {
        return Set.of(Hook.REQUEST);
    }

    @Override
    public Plugin create(ModelAliasConfig config, PluginContext context) {
        return new ModelAliasPlugin(
                new Aliases(config.aliases()),
                new Aliases(config.deny()),
                config.others() == ModelAliasConfig.Others.REFUSE,
                context.metrics()
                        .counter(
                                "requests_total", "Requests that name a model, by what became of the name.", "result"));
    }
}
