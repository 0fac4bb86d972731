// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Patience;
import dev.penstock.testing.PluginJar;
import dev.penstock.testing.RawHttpClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Group P, the JARs: what is no plugin, and plugins that would take the process along. Confined to one thread per test. */
final class PluginJarsIT {
    /** Each bad file, and what must be said of it. */
    private static final Map<String, String> BAD = Map.of(
            "empty.jar", "is empty (0 bytes)",
            "truncated.jar", "is damaged or truncated",
            "text.jar", "is not a JAR",
            "unreadable.jar", "cannot be read",
            "no-services.jar", "has no META-INF/services/dev.penstock.spi.PluginFactory",
            "missing-class.jar", "test.Missing not found",
            "newer-java.jar", "was compiled for Java 99",
            "twin-one.jar", "has the same plugin id twin as twin-two.jar",
            "twin-two.jar", "has the same plugin id twin as twin-one.jar",
            "throws.jar", "no constructor today");

    private static PluginJar throwing(String id, String members) {
        return PluginJar.withFactory(id, PluginJar.factory(id, "record Config() {}", members));
    }

    /** One good plugin among everything that can be wrong with a file. Immutable. */
    static final class BadJars implements LabPlugins {
        @Override
        public void place(Path directory) throws IOException {
            PluginJar.good("good").write(directory.resolve("good.jar"));
            Files.write(directory.resolve("empty.jar"), new byte[0]);
            byte[] whole = PluginJar.good("cut").bytes();
            Files.write(directory.resolve("truncated.jar"), Arrays.copyOf(whole, whole.length / 2));
            Files.writeString(directory.resolve("text.jar"), "I am a text file.");
            unreadable(directory.resolve("unreadable.jar"));
            PluginJar.of("none")
                    .source("test.Nothing", "package test; class Nothing {}")
                    .write(directory.resolve("no-services.jar"));
            PluginJar.of("missing").service("test.Missing").write(directory.resolve("missing-class.jar"));
            PluginJar.good("newer").forJava(99).write(directory.resolve("newer-java.jar"));
            PluginJar.good("twin").write(directory.resolve("twin-one.jar"));
            PluginJar.good("twin").write(directory.resolve("twin-two.jar"));
            throwing("throws", "public Factory() { throw new IllegalStateException(\"no constructor today\"); }")
                    .write(directory.resolve("throws.jar"));
            Files.writeString(directory.resolve("notes.txt"), "Not a plugin.");
        }

        /** For everybody, root too. */
        private static void unreadable(Path file) throws IOException {
            Files.deleteIfExists(file);
            Files.createSymbolicLink(file, file.resolveSibling("nowhere"));
        }

        @Override
        public String chain() {
            return "- {id: good, config: {greeting: hello}}";
        }
    }

    private static void assertAllNamed(ProxyProcess process) {
        String output = process.output();
        BAD.forEach((file, reason) -> assertThat(output.lines().filter(line -> line.contains("/" + file)))
                .as("lines about %s in\n%s", file, output)
                .anySatisfy(line -> assertThat(line).contains(reason)));
        assertThat(output).doesNotContain("\tat ");
    }

    @Test
    @DisplayName("P05 strict: neither check nor run accepts a directory with bad files, and both name them all")
    void refusesBadFiles() {
        PackagedProxy.Setting setting = PackagedProxy.setting(BadJars.class, Map.of());
        for (String command : List.of("check", "run")) {
            try (var process = ProxyProcess.start(
                    setting.folder(),
                    setting.environment(),
                    command,
                    setting.config().toString())) {
                assertThat(process.awaitExit(Patience.seconds(15)))
                        .as(process.output())
                        .hasValue(78);
                assertAllNamed(process);
            }
        }
    }

    @Test
    @DisplayName("P05 lenient: the good plugin works, and each bad file is named once")
    void worksAroundBadFiles() throws IOException {
        PackagedProxy.Setting setting = PackagedProxy.setting(BadJars.class, Map.of("LAB_PLUGINS_STRICT", "false"));
        try (var proxy = PackagedProxy.start(setting);
                var client = RawHttpClient.connect(proxy.port())) {
            assertThat(client.exchange(Calls.chat()).status())
                    .as("the good plugin's answer")
                    .isEqualTo(418);
            assertAllNamed(proxy.process());
            for (String file : BAD.keySet()) {
                assertThat(proxy.process().output().lines().filter(line -> line.contains("/" + file + ":")))
                        .as("lines about %s", file)
                        .hasSize(1);
            }
        }
    }

    /** A plugin that ends the process when it is asked. Immutable. */
    static final class Exiting implements LabPlugins {
        @Override
        public void place(Path directory) throws IOException {
            String source = PluginJar.factory("exits", "record Config() {}", "")
                    .replace("return RequestDecision.reject(", "System.exit(3); return RequestDecision.reject(");
            PluginJar.withFactory("exits", source).write(directory.resolve("exits.jar"));
        }

        @Override
        public String chain() {
            return "- id: exits";
        }
    }

    @Test
    @DisplayName("P07 code that ends the process is warned of at load, and named with its stack when it does so")
    void namesWhoEndsTheProcess() throws IOException {
        try (var proxy = PackagedProxy.start(PackagedProxy.setting(Exiting.class, Map.of()));
                var client = RawHttpClient.connect(proxy.port())) {
            assertThat(proxy.process().output()).containsPattern("exits\\.jar.*calls java\\.lang\\.System\\.exit");

            client.send(Calls.chat());

            assertThat(proxy.process().awaitExit(Patience.seconds(10))).hasValue(3);
            assertThat(proxy.process().output()).contains("Runtime.exit() called with status: 3", "test.Factory$Made");
        }
    }

    /** A plugin that starts ten threads and a timer, and never stops them. Immutable. */
    static final class Threads implements LabPlugins {
        @Override
        public void place(Path directory) throws IOException {
            throwing("threads", """
                static final java.util.Timer KEPT = new java.util.Timer("left-timer", false); // else it ends by itself
                public Factory() {
                    for (int i = 0; i < 10; i++) {
                        new Thread(() -> java.util.concurrent.locks.LockSupport.park(), "left-" + i).start();
                    }
                }
                """).write(directory.resolve("threads.jar"));
        }

        @Override
        public String chain() {
            return "- id: threads";
        }
    }

    @Test
    @DisplayName("P07 threads that a plugin leaves are counted after a reload, and do not hold up the shutdown")
    void countsTheThreadsThatAPluginLeaves() {
        try (var proxy = PackagedProxy.start(PackagedProxy.setting(Threads.class, Map.of()))) {
            proxy.process().signal("HUP");

            eventually(
                    Patience.seconds(10),
                    () -> assertThat(proxy.process().output())
                            .contains("plugin threads: closed, and has left 11 threads running")
                            .contains("left-timer"));

            proxy.process().terminate();
            assertThat(proxy.process().awaitExit(Patience.seconds(5))).hasValue(0);
        }
    }
}
