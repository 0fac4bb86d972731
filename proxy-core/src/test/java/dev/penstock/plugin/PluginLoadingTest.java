// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.penstock.config.Binder;
import dev.penstock.config.ConfigLoader;
import dev.penstock.config.ConfigNode;
import dev.penstock.config.ConfigProblem;
import dev.penstock.config.ConfigProblems;
import dev.penstock.config.PluginsConfig;
import dev.penstock.config.ScalarTypes;
import dev.penstock.spi.Hook;
import dev.penstock.spi.Plugin;
import dev.penstock.spi.PluginContext;
import dev.penstock.spi.PluginFactory;
import dev.penstock.spi.Secret;
import dev.penstock.spi.StreamOutcome;
import dev.penstock.testing.PluginJar;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

@ResourceLock("penstock.test.log")
final class PluginLoadingTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private final RecordingMeters meters = new RecordingMeters();
    private final PluginRuntime runtime = PluginRuntime.start(ChainFixture.PATIENT, meters);

    @BeforeEach
    void forget() {
        System.getProperties().remove("penstock.test.log");
    }

    @AfterEach
    void stop() {
        runtime.close();
    }

    @Test
    void aChainFromAJarRunsAndClosesInReverse() throws Exception {
        PluginJar.good("hello").write(jar("hello.jar"));
        PluginSet set = load("chain: [{id: hello, name: one, config: {greeting: hi}}, {id: hello, name: two}]");
        assertThat(set.names()).containsExactly("one", "two");
        assertThat(log()).containsExactly("one Config[greeting=hi]", "two Config[greeting=null]");
        StreamHooks hooks = set.open(ChainFixture.opening("s1"), (stuck, failure) -> {});
        assertThat(hooks.onRequest(ChainFixture.request())).isInstanceOfSatisfying(HookAnswer.Reject.class, reject -> {
            assertThat(reject.plugin()).isEqualTo("one");
            assertThat(reject.refusal().message()).isEqualTo("from plugin:hello.jar");
        });
        set.close();
        assertThat(set.awaitClosed(Duration.ofMillis(50))).isFalse();
        hooks.finish(EndedAs.of(StreamOutcome.Kind.REJECTED), ChainFixture.FACTS);
        assertThat(set.awaitClosed(LIMIT)).isTrue();
        assertThat(log()).endsWith("finish two", "finish one", "close two", "close one");
    }

    @Test
    void aReloadLetsOldLoadersGo() throws Exception {
        PluginJar.good("hello").write(jar("hello.jar"));
        PluginLoading loading = loading();
        finishOneStreamAcrossAReload(load(loading, "chain: [hello]"));
        PluginSet next = load(loading, "chain: [{id: hello, config: {greeting: new}}]");
        eventually(LIMIT, () -> {
            System.gc();
            assertThat(loading.unloadedButAlive()).isZero();
        });
        assertThat(next.names()).containsExactly("hello");
        next.close();
    }

    private static void finishOneStreamAcrossAReload(PluginSet first) throws Exception {
        StreamHooks live = first.open(ChainFixture.opening("s1"), (stuck, failure) -> {});
        first.close();
        assertThat(first.isClosed()).isFalse();
        assertThat(first.users()).isEqualTo(1);
        assertThat(live.onRequest(ChainFixture.request())).isInstanceOf(HookAnswer.Reject.class);
        live.finish(EndedAs.of(StreamOutcome.Kind.REJECTED), ChainFixture.FACTS);
        assertThat(first.awaitClosed(LIMIT)).isTrue();
    }

    @Test
    void everyProblemIsReportedAtOnceWithItsPlace() throws IOException {
        PluginJar.good("hello").write(jar("hello.jar"));
        Files.writeString(jar("bad.jar"), "text");
        String yaml = """
            directory: %s
            chain:
              - id: helo
              - id: hello
                config: {greting: hi}
              - id: hello
                name: hello
            """;
        ConfigProblems problems = problems(yaml);
        assertThat(problems.errors())
                .extracting(ConfigProblem::line, ConfigProblem::message)
                .contains(tuple(3, "there is no plugin \"helo\"; there are hello"), tuple(0, "is not a JAR"));
        assertThat(problems.errors())
                .anySatisfy(problem -> {
                    assertThat(problem.line()).isEqualTo(5);
                    assertThat(problem.message()).contains("greeting");
                })
                .anySatisfy(problem -> assertThat(problem.message()).contains("in the chain twice"));
        assertThat(problems.errors()).hasSize(4);
    }

    @Test
    void lenientLoadsTheGoodOnesAndWarnsOfTheBad() throws Exception {
        PluginJar.good("hello").write(jar("hello.jar"));
        Files.writeString(jar("bad.jar"), "text");
        var problems = new ConfigProblems();
        Optional<PluginSet> set = loading()
                .load(
                        config("directory: %s\nstrict: false\nchain: [hello]"),
                        runtime,
                        InstantSource.system(),
                        problems);
        assertThat(set).isPresent();
        assertThat(problems.errors()).isEmpty();
        assertThat(problems.warnings())
                .singleElement()
                .satisfies(warning ->
                        assertThat(warning.summary()).contains("bad.jar").contains("is not a JAR"));
        set.get().close();
        assertThat(set.get().awaitClosed(LIMIT)).isTrue();
    }

    @Test
    void aDirectoryIsNeededOnlyByAChain() throws IOException {
        assertThat(problems("directory: %s/none\nchain: []").errors()).isEmpty();
        assertThat(problems("directory: %s/none\nchain: [hello]").errors())
                .extracting(ConfigProblem::message)
                .contains("there is no such plugin directory");
    }

    @Test
    void whatIsNoPluginIsToldOnlyWhereAChainNeedsTheDirectory() throws IOException {
        PluginJar.good("hello").write(jar("hello.jar"));
        Files.writeString(jar("pom.xml"), "text");
        assertThat(problems("directory: %s\nchain: []").warnings()).isEmpty();
        assertThat(problems("directory: %s\nchain: [hello]").warnings())
                .singleElement()
                .satisfies(warning -> assertThat(warning.summary()).contains("pom.xml"));
    }

    @Test
    void listsWhatADirectoryHolds() throws IOException {
        PluginJar.good("hello").write(jar("hello.jar"));
        PluginJar.withFactory(
                        "wide", PluginJar.factory("wide", "record Config(Duration maxAge, List<String> names) {}", ""))
                .write(jar("wide.jar"));
        assertThat(loading().list(folder.resolve("plugins"), true, new ConfigProblems()))
                .containsExactly(
                        new PluginListing(
                                "hello", "1.2.3", "1.0", "hello.jar", List.of("REQUEST"), List.of("greeting")),
                        new PluginListing(
                                "wide", "1.2.3", "1.0", "wide.jar", List.of("REQUEST"), List.of("max_age", "names")));
    }

    @Test
    void whatCannotBeCreatedIsAProblemAndTheRestIsClosed() throws Exception {
        PluginJar.good("hello").write(jar("hello.jar"));
        PluginJar.withFactory(
                        "fails",
                        PluginJar.factory(
                                "fails",
                                "record Config(String x) { public Config { if (\"boom\".equals(x)) throw new"
                                        + " IllegalStateException(x); } }",
                                ""))
                .write(jar("fails.jar"));
        PluginJar.withFactory(
                        "late",
                        PluginJar.factory("late", "record Config() {}", "")
                                .replace(
                                        "return new Made(config, context);",
                                        "throw new java.io.IOException(\"no disk\");"))
                .write(jar("late.jar"));
        var problems = new ConfigProblems();
        Optional<PluginSet> set = loading()
                .load(config("directory: %s\nchain: [hello, late]"), runtime, InstantSource.system(), problems);
        assertThat(set).isEmpty();
        assertThat(problems.errors())
                .singleElement()
                .satisfies(problem ->
                        assertThat(problem.message()).contains("late").contains("no disk"));
        eventually(LIMIT, () -> assertThat(log()).containsExactly("hello Config[greeting=null]", "close hello"));
    }

    @Test
    void bindsWhatPluginsNeed() throws Exception {
        var factory = new WideFactory();
        PluginsConfig config = config("""
            chain:
              - id: wide
                config:
                  token: hunter2
                  max_age: 250ms
                  limit: 64KiB
                  count: 7
                  mode: strict
                  service: "http://127.0.0.1:1/x"
                  tags: [a, b]
                  prices: {big: {input: 1.5}}
            """);
        var problems = new ConfigProblems();
        PluginSet set = new PluginLoading(folder.resolve("work"))
                .with(factory)
                .load(config, runtime, InstantSource.system(), problems)
                .orElseThrow(() -> new AssertionError(problems.errors().toString()));
        WideConfig bound = factory.bound.getFirst();
        assertThat(bound.token()).isEqualTo(Secret.of("hunter2"));
        assertThat(bound.maxAge()).isEqualTo(Duration.ofMillis(250));
        assertThat(bound.limit()).isEqualTo(65536);
        assertThat(bound.count()).isEqualTo(7);
        assertThat(bound.mode()).isEqualTo(Mode.STRICT);
        assertThat(bound.service()).isEqualTo(URI.create("http://127.0.0.1:1/x"));
        assertThat(bound.tags()).containsExactly("a", "b");
        assertThat(bound.prices()).containsEntry("big", new Price(1.5));
        assertThat(factory.context.getFirst().dataDirectory()).isDirectory();
        assertThat(factory.context.getFirst().name()).isEqualTo("wide");
        set.close();
    }

    @Test
    void aSecretIsNeverShownAndAConstructorsComplaintHasItsPlace() {
        var factory = new WideFactory();
        PluginsConfig config = config("""
            chain:
              - id: wide
                config:
                  token: hunter2
                  count: -1
            """);
        var problems = new ConfigProblems();
        new PluginLoading(folder.resolve("work")).with(factory).check(config, problems);
        assertThat(problems.errors()).singleElement().satisfies(problem -> {
            assertThat(problem.message()).contains("must not be negative").doesNotContain("hunter2");
            assertThat(problem.line()).isEqualTo(5);
        });
    }

    @Test
    void anObserverCannotFailClosed() {
        var factory = new WatchingFactory();
        var problems = new ConfigProblems();
        new PluginLoading(folder.resolve("work"))
                .with(factory)
                .check(config("chain: [{id: watching, on_error: closed}]"), problems);
        assertThat(problems.errors())
                .singleElement()
                .satisfies(problem -> assertThat(problem.path()).isEqualTo("chain[0].on_error"));
    }

    /** How strictly. */
    public enum Mode {
        STRICT,
        LOOSE
    }

    /** One price. */
    public record Price(Double input) {}

    /** Everything that a component can be. */
    public record WideConfig(
            Secret token,
            Duration maxAge,
            Long limit,
            Integer count,
            Mode mode,
            URI service,
            List<String> tags,
            Map<String, Price> prices) {
        public WideConfig {
            if (count != null && count < 0) {
                throw new IllegalArgumentException("count must not be negative");
            }
        }
    }

    private static final class WideFactory implements PluginFactory<WideConfig> {
        final List<WideConfig> bound = new ArrayList<>();
        final List<PluginContext> context = new ArrayList<>();

        @Override
        public String id() {
            return "wide";
        }

        @Override
        public Class<WideConfig> configType() {
            return WideConfig.class;
        }

        @Override
        public Set<Hook> hooks() {
            return Set.of(Hook.REQUEST);
        }

        @Override
        public Plugin create(WideConfig config, PluginContext lent) {
            bound.add(config);
            context.add(lent);
            return new Plugin() {};
        }
    }

    /** Nothing to configure. */
    public record NoConfig() {}

    private static final class WatchingFactory implements PluginFactory<NoConfig> {
        @Override
        public String id() {
            return "watching";
        }

        @Override
        public Class<NoConfig> configType() {
            return NoConfig.class;
        }

        @Override
        public Set<Hook> hooks() {
            return Set.of(Hook.OBSERVE);
        }

        @Override
        public Plugin create(NoConfig config, PluginContext context) {
            return new Plugin() {};
        }
    }

    private Path jar(String name) throws IOException {
        Path file = folder.resolve("plugins").resolve(name);
        Files.createDirectories(file.getParent());
        return file;
    }

    private PluginLoading loading() {
        return new PluginLoading(folder.resolve("work"));
    }

    private PluginSet load(String section) {
        return load(loading(), section);
    }

    private PluginSet load(PluginLoading loading, String section) {
        var problems = new ConfigProblems();
        return loading.load(config("directory: %s\n" + section), runtime, InstantSource.system(), problems)
                .orElseThrow(() -> new AssertionError(problems.errors().toString()));
    }

    private ConfigProblems problems(String section) {
        var problems = new ConfigProblems();
        loading().check(config(section), problems);
        return problems;
    }

    /** The section as if it stood in a file; {@code %s} is the plugin directory. */
    private PluginsConfig config(String section) {
        var problems = new ConfigProblems();
        String text = section.replace("%s", folder.resolve("plugins").toString());
        ConfigNode tree = new ConfigLoader(Map.of()).tree("penstock.yaml", text, folder, problems);
        return new Binder(ScalarTypes.standard())
                .bind(PluginsConfig.class, tree, problems)
                .orElseThrow(() -> new AssertionError(problems.errors().toString()));
    }

    private static List<String> log() {
        return System.getProperty("penstock.test.log", "").lines().toList();
    }
}
