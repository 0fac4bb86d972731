// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testkit;

import dev.penstock.config.Binder;
import dev.penstock.config.ConfigLoader;
import dev.penstock.config.ConfigNode;
import dev.penstock.config.ConfigProblem;
import dev.penstock.config.ConfigProblems;
import dev.penstock.config.PluginsConfig;
import dev.penstock.config.ScalarTypes;
import dev.penstock.plugin.PluginBudgets;
import dev.penstock.plugin.PluginLoading;
import dev.penstock.plugin.PluginRuntime;
import dev.penstock.plugin.PluginSet;
import dev.penstock.spi.PluginFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Runs one plugin, configured by YAML text, on the proxy's own binder, chain, budgets and lanes. What a test sees is what a
 * client and an access log would.
 *
 * <pre>{@code
 * try (var harness = PluginHarness.of(new ModelAliasFactory(), "aliases: {fast: small-model}")) {
 *     HarnessStream stream = harness.stream(HarnessRequest.openAiChat("fast", "Hi")).run("{\"choices\":[]}");
 *     assertThat(stream.model()).isEqualTo("small-model");
 *     assertThat(stream.client()).containsExactly("{\"choices\":[]}", "[DONE]");
 * }
 * }</pre>
 *
 * <p>Thread-safe: streams may be opened on any thread, each is confined to its own.
 */
public final class PluginHarness implements AutoCloseable {
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(35);

    private final PluginFolder folder;
    private final HarnessMeters meters = new HarnessMeters();
    private final PluginRuntime runtime;
    private final PluginSet plugins;
    private final Optional<CapturingFactory<?>> factory;
    private final InstantSource clock;
    private final AtomicInteger streams = new AtomicInteger();

    private PluginHarness(PluginFolder folder, Setup setup, Function<PluginLoading, PluginLoading> registered) {
        this.folder = folder;
        this.clock = setup.clock;
        this.factory = setup.factory;
        this.runtime = PluginRuntime.start(setup.budgets, meters);
        var problems = new ConfigProblems();
        Optional<PluginSet> set = registered
                .apply(new PluginLoading(folder.work()))
                .load(config(setup.id, setup.yaml, folder), runtime, clock, problems);
        if (set.isEmpty()) {
            runtime.close();
            folder.close();
        }
        this.plugins = set.orElseThrow(() -> new IllegalArgumentException(PluginFolder.report(problems)));
    }

    private record Setup(
            String id,
            String yaml,
            PluginBudgets budgets,
            InstantSource clock,
            Optional<CapturingFactory<?>> factory) {}

    /** Runs what a factory makes. */
    public static PluginHarness of(PluginFactory<?> factory, String yaml) {
        return of(factory, yaml, InstantSource.system());
    }

    /**
     * Runs what a factory makes, at a time that the test chooses.
     *
     * @param yaml what would stand below {@code config:}; may be empty
     * @throws IllegalArgumentException with every problem, if it cannot be configured or created
     */
    public static PluginHarness of(PluginFactory<?> factory, String yaml, InstantSource clock) {
        CapturingFactory<?> capturing = new CapturingFactory<>(factory);
        var setup = new Setup(factory.id(), yaml, PluginBudgets.defaults(), clock, Optional.of(capturing));
        return new PluginHarness(PluginFolder.empty(), setup, loading -> loading.with(capturing));
    }

    /**
     * Runs a plugin from its JAR, through its own class loader.
     *
     * @throws IllegalArgumentException with every problem, if it cannot be loaded, configured or created
     */
    public static PluginHarness ofJar(Path jar, String yaml) {
        PluginFolder folder = PluginFolder.of(jar);
        var setup = new Setup(folder.id(), yaml, PluginBudgets.defaults(), InstantSource.system(), Optional.empty());
        return new PluginHarness(folder, setup, loading -> loading);
    }

    /** Everything that is wrong with a configuration, one line each; empty if nothing is. */
    public static List<String> problems(PluginFactory<?> factory, String yaml) {
        try (PluginFolder folder = PluginFolder.empty()) {
            var problems = new ConfigProblems();
            new PluginLoading(folder.work()).with(factory).check(config(factory.id(), yaml, folder), problems);
            return problems.errors().stream().map(ConfigProblem::summary).toList();
        }
    }

    /** Opens a stream on the calling thread. */
    public HarnessStream stream(HarnessRequest request) {
        return new HarnessStream(plugins, request, "h" + streams.incrementAndGet(), clock.instant());
    }

    /**
     * What a counter of the plugin has come to; {@code name_count} and {@code name_sum} of a histogram.
     *
     * @param name without the prefix
     */
    public double metric(String name, String... labelValues) {
        return meters.value(name, labelValues);
    }

    /** Which hooks failed so far: threw, overran their budget or answered nonsense. */
    public List<String> errors() {
        return meters.errors();
    }

    /** Where the plugin keeps its files. */
    public Path dataDirectory() {
        return folder.root().resolve("plugin-data").resolve(plugins.names().getFirst());
    }

    Optional<CapturingFactory<?>> factory() {
        return factory;
    }

    /** Closes the plugin, once every stream has been finished. */
    @Override
    public void close() {
        plugins.close();
        try {
            if (!plugins.awaitClosed(CLOSE_LIMIT)) {
                throw new IllegalStateException(
                        "the plugin could not be closed: " + plugins.users() + " streams are open");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            runtime.close();
            folder.close();
        }
    }

    private static PluginsConfig config(String id, String yaml, PluginFolder folder) {
        var problems = new ConfigProblems();
        String text = "directory: " + folder.plugins() + "\nchain:\n  - id: " + id + "\n    config:\n" + yaml.indent(6);
        ConfigNode tree = new ConfigLoader(System.getenv()).tree("plugin.yaml", text, folder.root(), problems);
        Optional<PluginsConfig> config = new Binder(ScalarTypes.standard()).bind(PluginsConfig.class, tree, problems);
        return config.filter(_ -> problems.errors().isEmpty())
                .orElseThrow(() -> new IllegalArgumentException(PluginFolder.report(problems)));
    }
}
