// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The packaged distribution as a user gets it, unpacked afresh when the archive has changed. Immutable. */
final class Distribution {
    private Distribution() {}

    /** Unpacked at the first use; those who only want to know where things are do not need it. Immutable. */
    private static final class Unpacked {
        private static final Path HOME = unpack();
    }

    /** The folder with bin, lib, plugins and conf. */
    static Path home() {
        return Unpacked.HOME;
    }

    /** Another for each build. */
    static String fingerprint() {
        Path archive = archive();
        try {
            return Files.getLastModifiedTime(archive).toMillis() + "-" + Files.size(archive);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path launcher() {
        return home().resolve("bin/penstock");
    }

    /** The folder of the module integration-tests. */
    static Path module() {
        Path here = Path.of("").toAbsolutePath();
        return here.endsWith("integration-tests") ? here : here.resolve("integration-tests");
    }

    /** The laboratory configuration. */
    static Path lab() {
        return module().resolve("lab/lab.yaml");
    }

    /** A folder for what tests leave behind. */
    static Path work(String name) {
        try {
            return Files.createDirectories(module().resolve("target/work").resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path unpack() {
        Path archive = archive();
        Path target = work("distribution");
        try {
            delete(target);
            Files.createDirectories(target);
            var tar = new ProcessBuilder("tar", "xzf", archive.toString(), "-C", target.toString())
                    .inheritIO()
                    .start();
            if (tar.waitFor() != 0) {
                throw new AssertionError("cannot unpack " + archive);
            }
            return only(target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private static Path archive() {
        Path target = module().resolveSibling("cli/target");
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(f -> f.getFileName().toString().matches("penstock-.*\\.tar\\.gz"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no packaged distribution in " + target));
        } catch (IOException e) {
            throw new UncheckedIOException("no packaged distribution in " + target, e);
        }
    }

    private static Path only(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.toList();
            if (all.size() != 1) {
                throw new AssertionError("one top folder expected in the distribution, got " + all);
            }
            return all.getFirst();
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
