// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import dev.penstock.config.ConfigProblems;
import dev.penstock.config.PluginsConfig;
import dev.penstock.metrics.ProxyMetrics;
import dev.penstock.plugin.PluginBudgets;
import dev.penstock.plugin.PluginLoading;
import dev.penstock.plugin.PluginRuntime;
import dev.penstock.plugin.PluginSet;
import dev.penstock.plugin.Plugins;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The plugins of a worker: what runs them, where they are loaded from, and the set that is in force.
 *
 * <p>Thread-safe: its parts are; loading is confined to the thread that applies a configuration.
 */
final class PluginRoom implements AutoCloseable {
    /** How long the shutdown waits for plugins to close, after every stream has ended. */
    private static final Duration LAST_WAIT = Duration.ofSeconds(2);

    private final PluginRuntime runtime;
    private final PluginLoading loading;
    private final Plugins plugins;
    private final Optional<Path> home;

    private PluginRoom(PluginRuntime runtime, PluginLoading loading, PluginSet first, Optional<Path> home) {
        this.home = home;
        this.runtime = runtime;
        this.loading = loading;
        this.plugins = new Plugins(first);
    }

    /** Loads the first set, or throws with everything that is wrong with it. */
    static PluginRoom open(PluginsConfig config, Optional<Path> home, ProxyMetrics metrics) {
        PluginRuntime runtime = PluginRuntime.start(
                PluginBudgets.defaults().withRequest(config.hookTimeout()), new PluginMetricsBridge(metrics));
        try {
            PluginLoading loading = new PluginLoading(workFolder());
            return new PluginRoom(runtime, loading, load(loading, at(config, home), runtime), home);
        } catch (Throwable e) {
            runtime.close();
            throw e;
        }
    }

    Plugins plugins() {
        return plugins;
    }

    /** Streams whose thread is stuck in a plugin. */
    int stuck() {
        return runtime.watchdog().stuckCount();
    }

    /** Loads the next set beside the one in force; throws with everything that is wrong with it. */
    PluginSet prepare(PluginsConfig config) {
        return load(loading, at(config, home), runtime);
    }

    void activate(PluginSet next) {
        plugins.replace(next);
    }

    private static PluginSet load(PluginLoading loading, PluginsConfig config, PluginRuntime runtime) {
        ConfigProblems problems = new ConfigProblems();
        Optional<PluginSet> set = loading.load(config, runtime, InstantSource.system(), problems);
        problems.throwIfAny();
        return set.orElseThrow();
    }

    /** A relative folder that is not where the proxy was started is meant to be in the installation. */
    static PluginsConfig at(PluginsConfig config, Optional<Path> home) {
        Path folder = config.directory();
        boolean elsewhere = !folder.isAbsolute() && !Files.isDirectory(folder);
        return elsewhere && home.isPresent() ? config.withDirectory(home.get().resolve(folder)) : config;
    }

    static Path workFolder() {
        try {
            Path folder = Files.createTempDirectory("penstock-");
            folder.toFile().deleteOnExit();
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("no folder for the copies of plugin JARs", e);
        }
    }

    @Override
    public void close() {
        PluginSet last = plugins.current();
        plugins.close();
        try {
            last.awaitClosed(LAST_WAIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        runtime.close();
    }
}
