// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import dev.penstock.config.ConfigProblems;
import dev.penstock.config.PluginsConfig;
import dev.penstock.metrics.ProxyMetrics;
import dev.penstock.plugin.PluginBudgets;
import dev.penstock.plugin.PluginLoading;
import dev.penstock.plugin.PluginRuntime;
import dev.penstock.plugin.PluginSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plugins of a worker: what runs them, where they are loaded from, and the set that is in force.
 *
 * <p>Thread-safe: its parts are; loading is confined to the thread that applies a configuration.
 */
final class PluginRoom implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PluginRoom.class);

    /** How long the shutdown waits for plugins to close, after every stream has ended. */
    private static final Duration LAST_WAIT = Duration.ofSeconds(2);

    private final PluginRuntime runtime;
    private final PluginLoading loading;
    private final Optional<Path> home;
    private final Path work;

    /** Closed by the next one, or at the end. Written by the thread that applies a configuration. */
    private volatile PluginSet current;

    private PluginRoom(PluginRuntime runtime, PluginLoading loading, PluginSet first, Optional<Path> home, Path work) {
        this.home = home;
        this.work = work;
        this.runtime = runtime;
        this.loading = loading;
        this.current = first;
    }

    /** Loads the first set, or throws with everything that is wrong with it. */
    static PluginRoom open(PluginsConfig config, Optional<Path> home, ProxyMetrics metrics) {
        PluginRuntime runtime = PluginRuntime.start(
                PluginBudgets.defaults().withRequest(config.hookTimeout()), new PluginMetricsBridge(metrics));
        Path work = workFolder();
        try {
            PluginLoading loading = new PluginLoading(work);
            return new PluginRoom(runtime, loading, load(loading, at(config, home), runtime), home, work);
        } catch (Throwable e) {
            runtime.close();
            delete(work);
            throw e;
        }
    }

    PluginSet current() {
        return current;
    }

    /** Streams whose thread is stuck in a plugin. */
    int stuck() {
        return runtime.watchdog().stuckCount();
    }

    /** Loads the next set beside the one in force; throws with everything that is wrong with it. */
    PluginSet prepare(PluginsConfig config) {
        return load(loading, at(config, home), runtime);
    }

    /** The set before closes when the last request that has taken it has ended; no new one takes it. */
    void activate(PluginSet next) {
        PluginSet before = current;
        current = next;
        before.close();
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
            return Files.createTempDirectory("penstock-");
        } catch (IOException e) {
            throw new UncheckedIOException("no folder for the copies of plugin JARs", e);
        }
    }

    @Override
    public void close() {
        PluginSet last = current;
        last.close();
        try {
            last.awaitClosed(LAST_WAIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        runtime.close();
        delete(work);
    }

    /** Deletes a folder of copies, which a plugin that is still stuck has open; that does it no harm. Idempotent. */
    static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("plugins: the copies of their JARs in {} were not deleted", folder, e);
        }
    }
}
