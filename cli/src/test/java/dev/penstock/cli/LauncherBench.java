// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A machine for the launcher, made of folders: its PATH holds the POSIX tools and nothing else, and its JDKs and its Maven are
 * shell scripts. A fake JVM prints its arguments, one on a line. Confined to the test's thread.
 */
final class LauncherBench {

    private static final List<String> TOOLS = List.of(
            "sed",
            "head",
            "dirname",
            "readlink",
            "grep",
            "ln",
            "rm",
            "mkdir",
            "find",
            "touch",
            "tar",
            "gzip",
            "mv",
            "sleep",
            "cat");

    final Path folder;
    final Map<String, String> environment = new TreeMap<>();
    private final Path tools;

    LauncherBench(Path folder) throws IOException {
        this.folder = folder.toRealPath();
        tools = Files.createDirectory(this.folder.resolve("tools"));
        for (String tool : TOOLS) {
            script(tools.resolve(tool), "exec " + installed(tool) + " \"$@\"\n");
        }
        environment.put("PATH", tools.toString());
        environment.put("HOME", this.folder.toString());
        environment.put("PENSTOCK_JVM_FOLDERS", this.folder.resolve("jvms").toString());
    }

    /** What the launcher said and how it ended. */
    record Outcome(int exitCode, String out, String err) {}

    /** An unpacked release; its launcher. */
    Path release() throws IOException {
        Path home = folder.resolve("penstock-1");
        Files.createDirectories(home.resolve("lib"));
        return launcherIn(home);
    }

    /** A source checkout with a Maven that packs an empty release and notes each call; its launcher. */
    Path checkout() throws IOException {
        Path root = folder.resolve("checkout");
        for (String module : List.of("proxy-spi", "proxy-core", "cli")) {
            Files.createDirectories(root.resolve(module).resolve("src/main"));
        }
        Files.writeString(root.resolve("pom.xml"), "<project>\n<version>1</version>\n</project>\n");
        Files.writeString(root.resolve("cli/pom.xml"), "<project/>\n");
        maven("mkdir -p cli/target/penstock-1/lib && sleep 0.3 && tar -czf cli/target/penstock-1.tar.gz -C"
                + " cli/target penstock-1");
        return launcherIn(root.resolve("cli"));
    }

    void maven(String action) throws IOException {
        script(
                tools.resolve("mvn"),
                "echo called >>" + folder + "/maven-calls\necho '[INFO] Building Penstock: core 1 [1/2]'\n"
                        + "echo '[ERROR] something is wrong'\n" + action + "\n");
    }

    long mavenCalls() throws IOException {
        Path calls = folder.resolve("maven-calls");
        return Files.exists(calls) ? Files.readAllLines(calls).size() : 0;
    }

    /** A JDK in this folder, relative to the bench. */
    Path jdk(String where, String version) throws IOException {
        Path home = jre(where, version);
        script(home.resolve("bin/javac"), "exit 1\n");
        return home;
    }

    Path jre(String where, String version) throws IOException {
        Path home = folder.resolve(where);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(
                home.resolve("release"), "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"" + version + "\"\nOS_ARCH=\"x\"\n");
        script(
                home.resolve("bin/java"),
                "[ \"$1\" != -version ] || { echo 'openjdk version \"" + version + "\"' >&2; exit; }\n"
                        + "echo \"java of $(cd \"$(dirname \"$0\")/..\" && pwd)\"\nprintf '%s\\n' \"$@\"\n");
        return home;
    }

    void onPath(Path jdk) throws IOException {
        Path alternatives = Files.createDirectories(folder.resolve("alternatives"));
        Files.createSymbolicLink(alternatives.resolve("java"), jdk.resolve("bin/java"));
        Files.createSymbolicLink(tools.resolve("java"), Path.of("../alternatives/java"));
    }

    Outcome run(Path launcher, String... arguments) throws IOException, InterruptedException {
        return finish(start(launcher, arguments));
    }

    Process start(Path launcher, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.redirectError(Files.createTempFile(folder, "err", "").toFile());
        return builder.start();
    }

    Outcome finish(Process process) throws IOException, InterruptedException {
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), out, talk());
    }

    private String talk() throws IOException {
        StringBuilder talk = new StringBuilder();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                if (file.getFileName().toString().startsWith("err")) {
                    talk.append(Files.readString(file));
                    Files.delete(file);
                }
            }
        }
        return talk.toString();
    }

    private static Path launcherIn(Path home) throws IOException {
        Path bin = Files.createDirectories(home.resolve("bin"));
        return Files.copy(
                Path.of("bin/penstock"),
                bin.resolve("penstock"),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.COPY_ATTRIBUTES);
    }

    private static void script(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static Path installed(String tool) {
        return Stream.of("/bin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin")
                .map(folder -> Path.of(folder, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }
}
