// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testkit;

import dev.penstock.config.ConfigProblem;
import dev.penstock.config.ConfigProblems;
import dev.penstock.plugin.PluginListing;
import dev.penstock.plugin.PluginLoading;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A temporary folder with a folder of plugins in it, and beside that whatever they keep; gone when it is closed. Immutable.
 *
 * @param id of the only plugin; empty text if there is none
 */
record PluginFolder(Path root, String id) implements AutoCloseable {

    /** Without a plugin. */
    static PluginFolder empty() {
        try {
            return new PluginFolder(Files.createTempDirectory("penstock-testkit-"), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * With a copy of this JAR.
     *
     * @throws IllegalArgumentException with every problem, if it is no plugin
     */
    static PluginFolder of(Path jar) {
        PluginFolder folder = empty();
        try {
            Files.copy(jar, Files.createDirectories(folder.plugins()).resolve(jar.getFileName()));
            var problems = new ConfigProblems();
            List<PluginListing> found = new PluginLoading(folder.work()).list(folder.plugins(), true, problems);
            if (found.size() != 1) {
                throw new IllegalArgumentException(report(problems));
            }
            return new PluginFolder(folder.root, found.getFirst().id());
        } catch (IOException | IllegalArgumentException e) {
            folder.close();
            throw e instanceof IllegalArgumentException known ? known : new UncheckedIOException((IOException) e);
        }
    }

    Path plugins() {
        return root.resolve("plugins");
    }

    /** For copies of JARs. */
    Path work() {
        return root.resolve("work");
    }

    static String report(ConfigProblems problems) {
        return String.join(
                "\n", problems.errors().stream().map(ConfigProblem::render).toList());
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
