// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.config.ConfigProblems;
import dev.penstock.config.Origin;
import dev.penstock.config.PluginsConfig;
import dev.penstock.spi.PluginFactory;
import dev.penstock.spi.SpiVersion;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a plugin directory and the {@code plugins:} section to a {@link PluginSet}, or to a list of everything that is wrong.
 *
 * <p>Confined to the thread that loads, but for {@link #unloadedButAlive}, which is for every thread.
 */
public final class PluginLoading {
    private static final Logger LOG = LoggerFactory.getLogger(PluginLoading.class);

    private final Path work;
    private final List<LoadedPlugin> builtIn = new ArrayList<>();
    private final List<WeakReference<PluginClassLoader>> loaders = new CopyOnWriteArrayList<>();

    /** @param work a folder of the proxy's own, for copies of JARs; created when needed, and the owner's to delete */
    public PluginLoading(Path work) {
        this.work = work;
    }

    /** Adds a plugin that needs no JAR. */
    public PluginLoading with(PluginFactory<?> factory) {
        try {
            var manifest = new PluginManifest(factory.id(), "built-in", SpiVersion.CURRENT);
            builtIn.add(LoadedPlugin.of(manifest, "built in", factory, Optional.empty()));
        } catch (JarProblem e) {
            throw new IllegalArgumentException(factory.getClass().getName() + " " + e.getMessage(), e);
        }
        return this;
    }

    /** What a directory holds; what is no plugin is a problem, or a warning if {@code strict} is false. */
    public List<PluginListing> list(Path directory, boolean strict, ConfigProblems problems) {
        List<LoadedPlugin> plugins = read(directory, true, strict, problems);
        try {
            return plugins.stream().map(LoadedPlugin::listing).toList();
        } finally {
            closeAll(plugins);
        }
    }

    /** Everything short of creating the plugins. */
    public void check(PluginsConfig config, ConfigProblems problems) {
        List<LoadedPlugin> plugins = read(config, problems);
        try {
            new ChainBinding(plugins, problems).bind(config);
        } finally {
            closeAll(plugins);
        }
    }

    /**
     * Loads, binds and creates. If anything is an error, everything is closed again.
     *
     * @return empty if there are errors among the problems
     */
    public Optional<PluginSet> load(
            PluginsConfig config, PluginRuntime runtime, InstantSource clock, ConfigProblems problems) {
        List<LoadedPlugin> plugins = read(config, problems);
        List<ChainBinding.Bound> bound = new ChainBinding(plugins, problems).bind(config);
        var creation = new ChainCreation(runtime, clock, config.dataFolder(), problems);
        if (problems.errors().isEmpty()) {
            creation.create(bound, config.hookTimeout());
        }
        List<LoadedPlugin> used =
                bound.stream().map(ChainBinding.Bound::plugin).distinct().toList();
        closeUnused(plugins, used);
        List<PluginClassLoader> usedLoaders =
                used.stream().flatMap(plugin -> plugin.loader().stream()).toList();
        var set = new PluginSet(runtime, new PluginChain(creation.created()), usedLoaders);
        problems.warnings().stream()
                .filter(warning -> warning.origin() instanceof Origin.Outside file
                        && file.label().startsWith(config.directory().toString()))
                .forEach(warning -> LOG.warn("plugins: {}", warning.summary()));
        if (problems.errors().isEmpty()) {
            return Optional.of(set);
        }
        set.close();
        return Optional.empty();
    }

    /** How many loaders were closed and are still not collected; more than a few for long is a plugin's leak. */
    public int unloadedButAlive() {
        loaders.removeIf(loader -> loader.get() == null);
        return (int) loaders.stream()
                .map(WeakReference::get)
                .filter(loader -> loader != null && loader.isClosed())
                .count();
    }

    private List<LoadedPlugin> read(PluginsConfig config, ConfigProblems problems) {
        boolean needed = config.chain().stream()
                .anyMatch(entry ->
                        builtIn.stream().noneMatch(plugin -> plugin.id().equals(entry.id())));
        return read(config.directory(), needed, config.strict(), problems);
    }

    private List<LoadedPlugin> read(Path directory, boolean needed, boolean strict, ConfigProblems problems) {
        List<LoadedPlugin> plugins = new ArrayList<>(builtIn);
        if (!Files.isDirectory(directory)) {
            if (needed) {
                problems.error(new Origin.Outside(directory.toString()), "", "there is no such plugin directory");
            }
            return plugins;
        }
        try {
            var found = new PluginDirectory(directory, new JarCopies(work.resolve("plugin-jars")), SpiVersion.CURRENT)
                    .load();
            found.refused().forEach(refused -> report(refused, strict, problems));
            found.warnings().forEach(warning -> report(warning, false, problems));
            if (needed) {
                // Otherwise nobody said that this is a directory of plugins: it may only be called like one.
                found.strangers().forEach(stranger -> report(stranger, false, problems));
            }
            plugins.addAll(found.loaded());
        } catch (IOException e) {
            problems.error(new Origin.Outside(directory.toString()), "", "cannot be read (" + e + ")");
        }
        plugins.forEach(plugin -> plugin.loader().ifPresent(loader -> loaders.add(new WeakReference<>(loader))));
        return plugins;
    }

    private static void report(PluginDirectory.Refused refused, boolean error, ConfigProblems problems) {
        Origin file = new Origin.Outside(refused.file().toString());
        if (error) {
            problems.error(file, "", refused.reason());
        } else {
            problems.warning(file, "", refused.reason());
        }
    }

    private static void closeUnused(List<LoadedPlugin> plugins, List<LoadedPlugin> used) {
        List<LoadedPlugin> unused =
                plugins.stream().filter(plugin -> !used.contains(plugin)).toList();
        unused.forEach(plugin -> LOG.info("plugin {} in {} is not in the chain", plugin.id(), plugin.file()));
        closeAll(unused);
    }

    private static void closeAll(List<LoadedPlugin> plugins) {
        for (LoadedPlugin plugin : plugins) {
            try {
                if (plugin.loader().isPresent()) {
                    plugin.loader().get().close();
                }
            } catch (IOException e) {
                LOG.warn("plugin {}: its loader could not be closed", plugin.id(), e);
            }
        }
    }
}
