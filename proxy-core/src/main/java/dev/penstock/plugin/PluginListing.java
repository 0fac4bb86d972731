// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import java.util.List;

/**
 * One plugin that a directory holds, for people. Immutable.
 *
 * @param hooks names of {@link dev.penstock.spi.Hook}
 * @param configKeys the keys of its {@code config:} section
 */
public record PluginListing(
        String id, String version, String spiVersion, String file, List<String> hooks, List<String> configKeys) {
    public PluginListing {
        hooks = List.copyOf(hooks);
        configKeys = List.copyOf(configKeys);
    }
}
