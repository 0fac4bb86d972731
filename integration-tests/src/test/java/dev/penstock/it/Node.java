// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The scripts in src/test/node, with their packages installed from the lock file into target. Immutable. */
final class Node {
    private static final Path SOURCE = Distribution.module().resolve("src/test/node");
    private static final Path HOME = Distribution.work("node");

    private Node() {}

    /** Skips the test where node is not installed. */
    static void assumeInstalled() {
        Assumptions.assumeTrue(exists("node") && exists("npm"), "node is not installed");
    }

    private static boolean exists(String command) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
    }

    /** Installs the packages unless that was done for this very lock file. */
    static void install() {
        try {
            Path done = HOME.resolve("package-lock.json.installed");
            String lock = Files.readString(SOURCE.resolve("package-lock.json"));
            copySources();
            if (Files.exists(done) && Files.readString(done).equals(lock)) {
                return;
            }
            run(List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"));
            Files.writeString(done, lock);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copySources() throws IOException {
        try (Stream<Path> files = Files.list(SOURCE)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, HOME.resolve(file.getFileName().toString()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** Runs a script to its end; gives the lines it printed. */
    static List<String> script(String name, String... arguments) {
        var command = new ArrayList<>(List.of("node", name));
        command.addAll(List.of(arguments));
        return run(command).lines().toList();
    }

    /** Starts a script that goes on; its output is for the caller. */
    static Process start(String name, String... arguments) {
        var command = new ArrayList<>(List.of("node", name));
        command.addAll(List.of(arguments));
        try {
            copySources();
            return new ProcessBuilder(command).directory(HOME.toFile()).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String run(List<String> command) {
        try {
            var log = HOME.resolve("stderr.txt").toFile();
            var process = new ProcessBuilder(command)
                    .directory(HOME.toFile())
                    .redirectError(log)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(command + " failed: " + output + Files.readString(log.toPath()));
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
