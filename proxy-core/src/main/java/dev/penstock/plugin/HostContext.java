// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.spi.PluginContext;
import dev.penstock.spi.PluginMetrics;
import dev.penstock.spi.SpiVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * What one chain entry is lent. Immutable.
 *
 * @param home the entry's own directory, which may not exist yet
 */
record HostContext(String id, String name, InstantSource clock, PluginMetrics metrics, Path home)
        implements PluginContext {
    @Override
    public SpiVersion spiVersion() {
        return SpiVersion.CURRENT;
    }

    @Override
    public Path dataDirectory() {
        try {
            return Files.createDirectories(home);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "plugin " + name + ": cannot create its data directory " + home + ": set plugins.data", e);
        }
    }
}
