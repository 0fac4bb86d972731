// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.usagelog;

import dev.penstock.spi.Hook;
import dev.penstock.spi.Plugin;
import dev.penstock.spi.PluginContext;
import dev.penstock.spi.PluginFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** Where the plugin begins. Immutable. */
public final class UsageLogFactory implements PluginFactory<UsageLogConfig> {
    @Override
    public String id() {
        return "usage-log";
    }

    @Override
    public Class<UsageLogConfig> configType() {
        return UsageLogConfig.class;
    }

    @Override
    public Set<Hook> hooks() {
        return Set.of(Hook.OBSERVE);
    }

    @Override
    public Plugin create(UsageLogConfig config, PluginContext context) throws IOException {
        Path path = config.file().isAbsolute()
                ? config.file()
                : context.dataDirectory().resolve(config.file());
        UsageFile file = new UsageFile(path, config.maxSize(), config.keep());
        file.open();
        return new UsageLog(
                file,
                new PriceTable(config.prices()),
                config.currency(),
                context.metrics().counter("lines_total", "Lines for the usage log, by what became of them.", "result"));
    }
}
