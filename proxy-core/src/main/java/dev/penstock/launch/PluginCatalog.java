// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import dev.penstock.config.ConfigProblems;
import dev.penstock.config.PluginsConfig;
import dev.penstock.plugin.PluginListing;
import dev.penstock.plugin.PluginLoading;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Looks at plugins without running any: what a folder holds, and whether a configuration could be started with it.
 *
 * <p>Thread-safe: each look works in a folder of its own, which is gone afterwards.
 */
public final class PluginCatalog {
    private final Optional<Path> home;

    /** @param home where the proxy is installed; a relative folder is looked for there too */
    public PluginCatalog(Optional<Path> home) {
        this.home = home;
    }

    /** What a folder holds, and as problems what in it is no plugin. */
    public List<PluginListing> list(Path directory, ConfigProblems problems) {
        Path folder = PluginRoom.at(PluginsConfig.defaults().withDirectory(directory), home)
                .directory();
        return with(loading -> loading.list(folder, true, problems));
    }

    /** Everything short of creating the plugins. */
    public void check(PluginsConfig config, ConfigProblems problems) {
        with(loading -> {
            loading.check(PluginRoom.at(config, home), problems);
            return config;
        });
    }

    private static <T> T with(Function<PluginLoading, T> look) {
        Path work = PluginRoom.workFolder();
        try {
            return look.apply(new PluginLoading(work));
        } finally {
            PluginRoom.delete(work);
        }
    }
}
