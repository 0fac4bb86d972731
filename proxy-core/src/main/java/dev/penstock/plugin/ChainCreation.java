// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.config.ConfigProblems;
import dev.penstock.spi.Plugin;
import dev.penstock.spi.PluginFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Creates the plugins of a chain, first to last; what goes wrong is reported at its place.
 *
 * <p>Confined to the thread that loads.
 */
final class ChainCreation {
    private final PluginRuntime runtime;
    private final InstantSource clock;
    private final Path homes;
    private final ConfigProblems problems;
    private final List<ChainEntry> created = new ArrayList<>();

    /** @param homes where each entry gets a directory of its own */
    ChainCreation(PluginRuntime runtime, InstantSource clock, Path homes, ConfigProblems problems) {
        this.runtime = runtime;
        this.clock = clock;
        this.homes = homes;
        this.problems = problems;
    }

    void create(List<ChainBinding.Bound> bound, Duration hookTimeout) {
        for (ChainBinding.Bound one : bound) {
            create(one).ifPresent(plugin -> created.add(entry(one, plugin, hookTimeout)));
        }
    }

    /** What could be created, in order. */
    List<ChainEntry> created() {
        return created;
    }

    private ChainEntry entry(ChainBinding.Bound one, Plugin plugin, Duration hookTimeout) {
        PluginBudgets budgets =
                runtime.budgets().withRequest(one.entry().timeout().orElse(hookTimeout));
        var settings =
                new ChainEntry.EntrySettings(one.plugin().id(), one.entry().label(), one.failClosed(), budgets);
        return new ChainEntry(
                settings, plugin, one.plugin().hooks(), one.plugin().heavyHooks(), runtime.meters());
    }

    private Optional<Plugin> create(ChainBinding.Bound one) {
        String name = one.entry().label();
        ClassLoader loader = one.plugin().factory().getClass().getClassLoader();
        var context = new HostContext(
                one.plugin().id(),
                name,
                clock,
                runtime.meters().pluginMetrics(one.plugin().id()),
                homes.resolve(name));
        var result = Patience.run(
                "plugin-create/" + name,
                loader,
                Patience.LIMIT,
                () -> Optional.ofNullable(create(one.plugin().factory(), one.config(), context)));
        switch (result) {
            case Patience.Result.Returned<Optional<Plugin>> returned -> {
                if (returned.value().isEmpty()) {
                    error(one, "its factory created null");
                }
                return returned.value();
            }
            case Patience.Result.Threw<Optional<Plugin>> threw -> error(one, String.valueOf(threw.cause()));
            case Patience.Result.Late<Optional<Plugin>> ignored ->
                error(one, "it did not return within " + Patience.LIMIT.toSeconds() + " s");
        }
        return Optional.empty();
    }

    private void error(ChainBinding.Bound one, String what) {
        problems.error(
                one.entry().config().origin(),
                ChainBinding.path(one.entry()),
                "plugin " + one.entry().label() + " could not be created: " + what);
    }

    private static <C extends Record> Plugin create(PluginFactory<C> factory, Record config, HostContext context)
            throws Exception {
        return factory.create(factory.configType().cast(config), context);
    }
}
