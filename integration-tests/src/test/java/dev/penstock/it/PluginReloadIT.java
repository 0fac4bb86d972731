// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Patience;
import dev.penstock.testing.PluginJar;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.Script;
import dev.penstock.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What plugins see of reloads and restarts. Confined to one thread per test. */
final class PluginReloadIT {
    /** Two plugins with the same class names, each refusing everything with its own file's name; one is in the chain. Immutable. */
    static final class Twins implements LabPlugins {
        @Override
        public void place(Path directory) throws IOException {
            PluginJar.good("one").write(directory.resolve("one.jar"));
            PluginJar.good("two").write(directory.resolve("two.jar"));
        }

        @Override
        public String chain() {
            return "- id: one";
        }
    }

    @Test
    @DisplayName("a request has the plugins of the configuration under which it began, whatever is reloaded meanwhile")
    void keepsToOneGeneration() throws IOException {
        PackagedProxy.Setting setting = PackagedProxy.setting(Twins.class, Map.of());
        byte[] request = Calls.chat().bytes();
        try (var proxy = PackagedProxy.start(setting);
                var early = RawHttpClient.connect(proxy.port());
                var late = RawHttpClient.connect(proxy.port())) {
            early.socket().getOutputStream().write(request, 0, request.length - 1);
            eventually(
                    Patience.seconds(5),
                    () -> assertThat(proxy.metrics().sum("penstock_requests_in_flight"))
                            .isEqualTo(1));

            String yaml = Files.readString(setting.config());
            Files.writeString(setting.config(), yaml.replace("- id: one", "- id: two"));
            proxy.process().signal("HUP");
            eventually(
                    Patience.seconds(5),
                    () -> assertThat(proxy.metrics().sum("penstock_config_generation"))
                            .isEqualTo(2));

            assertThat(late.exchange(Calls.chat()).text()).contains("from plugin:two.jar");
            early.socket().getOutputStream().write(request, request.length - 1, 1);
            assertThat(early.readResponse().text()).contains("from plugin:one.jar");
        }
    }

    /** A plugin that writes down how its streams finish and when it is closed. Immutable. */
    static final class Diary implements LabPlugins {
        @Override
        public void place(Path directory) throws IOException {
            String source = PluginJar.factory("diary", "record Config() {}", "")
                    .replace("RequestDecision.reject(418, \"made\", Helper.text())", "RequestDecision.proceed()")
                    .replace("Log.add(\"finish \" + context.name())", "Log.add(\"finish \" + outcome.kind())")
                    .replace(
                            "System.getProperties().merge(\"penstock.test.log\", line, (a, b) -> a + \"\\n\" + b)",
                            WRITE);
            assertThat(source).contains("RequestDecision.proceed()", "outcome.kind()", "writeString");
            PluginJar.withFactory("diary", source).write(directory.resolve("diary.jar"));
        }

        private static final String WRITE = """
            try {
                var file = java.nio.file.Path.of(System.getenv("LAB_PLUGINS_DATA"));
                java.nio.file.Files.writeString(file, line + System.lineSeparator(),
                        java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND);
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            """;

        @Override
        public String chain() {
            return "- id: diary";
        }
    }

    @Test
    @DisplayName(
            "a shutdown with open streams finishes each, then closes the plugins, and leaves no thread that would hold"
                    + " it up")
    void finishesStreamsAtShutdown() throws IOException {
        PackagedProxy.Setting made = PackagedProxy.setting(Diary.class, Map.of("LAB_DRAIN", "500ms"));
        Path diary = made.folder().resolve("diary.txt");
        try (var upstream = ScriptedUpstream.start(
                        Script.sse().events(ProviderEvents.chatDeltas(1)).silence());
                var proxy = PackagedProxy.start(
                        made.with(Map.of("LAB_UPSTREAM_1", upstream.url(), "LAB_PLUGINS_DATA", diary.toString())));
                var one = RawHttpClient.connect(proxy.port());
                var two = RawHttpClient.connect(proxy.port())) {
            one.send(Calls.chat()).readEventsAfterHead(1);
            two.send(Calls.chat()).readEventsAfterHead(1);

            proxy.process().terminate();

            assertThat(proxy.process().awaitExit(Patience.seconds(3))).hasValue(0);
            Protocol.CHAT.assertCut(one.readRest(), "");
            assertThat(Files.readAllLines(diary))
                    .containsExactly("diary Config[]", "finish SHUTDOWN", "finish SHUTDOWN", "close diary");
        }
    }

    /** A plugin that counts its starts in its data directory. Immutable. */
    static final class Counting implements LabPlugins {
        private static final String STARTS = """
            public Factory() {}
            static void started(java.nio.file.Path home) throws java.io.IOException {
                java.nio.file.Files.writeString(home.resolve("starts"), "started\\n",
                        java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND);
            }
            """;

        @Override
        public void place(Path directory) throws IOException {
            String source = PluginJar.factory("counts", "record Config() {}", STARTS)
                    .replace("{ return new Made(", "{ started(context.dataDirectory()); return new Made(");
            PluginJar.withFactory("counts", source).write(directory.resolve("counts.jar"));
        }

        @Override
        public String chain() {
            return "[{id: counts, name: first}, {id: counts, name: second}]";
        }
    }

    private static List<String> starts(Path data, String entry) throws IOException {
        return Files.readAllLines(data.resolve(entry).resolve("starts"));
    }

    @Test
    @DisplayName(
            "what a plugin keeps is there after a restart, one folder per entry, and no copy of a JAR is left behind")
    void keepsDataAcrossRestarts() throws IOException {
        PackagedProxy.Setting made = PackagedProxy.setting(Counting.class, Map.of());
        Path data = made.folder().resolve("kept");
        Path temporary = Files.createDirectories(made.folder().resolve("tmp"));
        PackagedProxy.Setting setting = made.with(Map.of(
                "LAB_PLUGINS_DATA", data.toString(), "PENSTOCK_JVM_OPTS", "-Xmx256m -Djava.io.tmpdir=" + temporary));
        for (int run = 1; run <= 2; run++) {
            try (var proxy = PackagedProxy.start(setting)) {
                assertThat(temporary).isNotEmptyDirectory();
                proxy.process().terminate();
                assertThat(proxy.process().awaitExit(Patience.seconds(5))).hasValue(0);
            }
            assertThat(starts(data, "first")).hasSize(run);
            assertThat(starts(data, "second")).hasSize(run);
            try (Stream<Path> left = Files.list(temporary)) {
                assertThat(left.filter(file -> file.getFileName().toString().startsWith("penstock-")))
                        .isEmpty();
            }
        }
    }
}
