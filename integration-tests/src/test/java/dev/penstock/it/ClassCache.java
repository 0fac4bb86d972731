// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The classes of the packaged proxy, read and linked once and not by each of the many processes that tests start, which saves a
 * third of the CPU time of a start. It is made by a first proxy that serves a stream, and made again when the distribution has
 * changed: the JVM itself would not notice that, because the files of all builds have the same time. Immutable.
 */
final class ClassCache {
    private static final Duration WRITING = Duration.ofSeconds(60);

    private ClassCache() {}

    /** Made at the first use; the other threads wait for it. Immutable. */
    private static final class Made {
        private static final Path FILE = make();
    }

    /** The option for a JVM in this folder. A cache that does not suit it is left aside without a word. */
    static String option(Path folder) {
        // Options are split at blanks, which the way from the root may have.
        Path file = folder.toAbsolutePath().relativize(Made.FILE);
        return Files.exists(Made.FILE) ? "-Xlog:aot=off -Xlog:cds=off -XX:AOTCache=" + file : "";
    }

    private static Path make() {
        Path folder = Distribution.work("classes");
        Path file = folder.resolve(Distribution.fingerprint() + ".aot");
        try {
            if (!Files.exists(file)) {
                empty(folder);
                write(file);
            }
        } catch (AssertionError | IOException e) {
            // The tests do without, and tell better what is wrong.
            System.out.println("no cache of classes: " + e);
        }
        return file;
    }

    private static void write(Path file) throws IOException {
        var variables = Map.of("PENSTOCK_JVM_OPTS", ProxyProcess.SHORT_LIVED + " -XX:AOTCacheOutput=classes.aot");
        try (var lab = Laboratory.open(variables)) {
            lab.proxy().process().terminate();
            if (lab.proxy().process().awaitExit(WRITING).isPresent()) {
                Files.move(lab.proxy().folder().resolve("classes.aot"), file);
            }
        }
    }

    private static void empty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }
}
