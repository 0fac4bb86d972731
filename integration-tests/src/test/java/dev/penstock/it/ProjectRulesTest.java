// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rules that hold for every file of the project. Confined to one thread. */
final class ProjectRulesTest {
    private static final String LICENCE = "SPDX-License-Identifier: Apache-2.0";
    private final SourceTree tree = SourceTree.ofThisBuild();

    @Test
    void everyJavaFileIsFormatted() {
        List<Path> files = tree.files(".java");
        assertThat(files).hasSizeGreaterThan(50);

        List<Path> unformatted =
                files.parallelStream().filter(file -> !isFormatted(file)).toList();

        assertThat(unformatted)
                .as("not formatted; mvn -Pformat process-test-classes rewrites them")
                .isEmpty();
    }

    private static boolean isFormatted(Path file) {
        String text = read(file);
        return text.equals(SourceTree.formatted(text));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(file + " cannot be read", e);
        }
    }

    @Test
    void everySourceFileNamesItsLicence() {
        List<Path> files = Stream.of(
                        ".java", ".xml", ".sh", ".mjs", ".js", ".css", ".html", ".yaml", ".yml", ".properties")
                .flatMap(suffix -> tree.files(suffix).stream())
                .toList();

        assertThat(files)
                .isNotEmpty()
                .allSatisfy(file -> assertThat(read(file).lines().limit(3).anyMatch(line -> line.contains(LICENCE)))
                        .as("the licence in the first lines of %s", tree.root().relativize(file))
                        .isTrue());
    }

    @Test
    void theTopLevelHoldsTheModulesAndNothingElse() throws IOException {
        assertThat(tree.visibleTopLevel())
                .containsExactlyInAnyOrder(
                        "pom.xml",
                        "README.md",
                        "LICENSE",
                        "proxy-core",
                        "proxy-spi",
                        "plugins",
                        "cli",
                        "integration-tests");
    }

    @Test
    void everyPackageSaysWhatItIs() {
        List<Path> silent = tree.files(".java").stream()
                .map(Path::getParent)
                .distinct()
                .filter(folder -> folder.toString().contains("src/main/java"))
                .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
                .toList();

        assertThat(silent).isEmpty();
    }
}
