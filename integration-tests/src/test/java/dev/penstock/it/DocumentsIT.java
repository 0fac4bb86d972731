// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.it.DocumentBlocks.Block;
import dev.penstock.testing.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the documents tell people to type is typed, and the names they give are those of the running proxy. A block that is not run
 * says why, and the reason is checked. Confined to one thread per test.
 */
final class DocumentsIT {
    private static final String NOT_RUN = "not run: ";
    private static final Pattern METRIC = Pattern.compile("penstock_[a-z_]+");
    private static final Pattern SAMPLE_SUFFIX = Pattern.compile("_(bucket|count|sum|created)$");
    private static final Pattern CROSSES_THREADS =
            Pattern.compile("(?m)^ {4}(private )?(final )?(volatile |Atomic[A-Z])");
    private static final Pattern DEFAULT = Pattern.compile("(?m)^\\| `([a-z_.]+)`[^|]* \\| `([^`]+)` \\|");
    private static final Pattern ADMIN_PATH = Pattern.compile("(?m)^\\| `(?:GET|POST|PUT|DELETE) (/[^`]*)` \\|");

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "cli/docs/quickstart.md"})
    @DisplayName("every command of a document works, in the order of the document")
    void everyCommandWorks(String document) {
        List<Block> blocks = DocumentBlocks.of(document).blocks();
        assertThat(blocks).isNotEmpty();
        try (var stage = new DocumentStage(document.replace('/', '-'))) {
            blocks.forEach(block -> play(stage, block));
        }
    }

    private static void play(DocumentStage stage, Block block) {
        switch (block.language()) {
            case "yaml" -> stage.configure(block.body());
            case "sh" -> playCommand(stage, block);
            default -> {}
        }
    }

    private static void playCommand(DocumentStage stage, Block block) {
        if (block.mark().startsWith(NOT_RUN)) {
            assertReason(block);
        } else if (block.mark().equals("serves")) {
            stage.serve(block.body());
        } else {
            assertThat(block.mark()).isEmpty();
            assertAnswer(block.body(), stage.run(block.body()));
        }
    }

    /** A streaming request must have come to the end of its stream. */
    private static void assertAnswer(String command, String output) {
        assertThat(output).as(command).isNotBlank();
        if (command.contains("\"stream\":true")) {
            assertThat(output).as(command).containsAnyOf("[DONE]", "response.completed", "message_stop");
        } else {
            assertThat(output).as(command).doesNotContain("\"error\"");
        }
    }

    private static void assertReason(Block block) {
        String reason = block.mark().substring(NOT_RUN.length());
        if (reason.startsWith("needs ")) {
            assertThat(block.body().split("\\s+", -1)).contains(reason.substring("needs ".length()));
        } else {
            assertThat(reason).isEqualTo("mvn verify is what runs this");
            assertThat(block.body()).isEqualTo("mvn verify\n");
        }
    }

    @Test
    @DisplayName("commands of the operations page that are not run say why")
    void operationsSaysWhyACommandIsNotRun() {
        DocumentBlocks.of("cli/docs/operations.md").blocks().stream()
                .filter(block -> block.language().equals("sh"))
                .forEach(DocumentsIT::assertReason);
    }

    @Test
    @DisplayName("the design page has a row for each class with a field that crosses threads")
    void designKnowsTheFieldsThatCrossThreads() throws IOException {
        String design = DocumentBlocks.of("proxy-core/DESIGN.md").text();
        String table =
                design.substring(design.indexOf("\n## Fields that cross threads"), design.indexOf("\n## Looks wrong"));

        try (Stream<Path> files = Files.walk(Distribution.module().resolveSibling("proxy-core/src/main/java"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                if (CROSSES_THREADS.matcher(Files.readString(file)).find()) {
                    assertThat(table)
                            .contains("`" + file.getFileName().toString().replace(".java", "") + "`");
                }
            }
        }
    }

    @Test
    @DisplayName("the defaults on the behaviour page are those of the configuration reference")
    void behaviourKnowsTheDefaults() {
        String reference = DocumentBlocks.of("cli/docs/configuration.md").text();
        List<MatchResult> rows = DEFAULT.matcher(
                        DocumentBlocks.of("cli/docs/behaviour.md").text())
                .results()
                .toList();

        assertThat(rows).hasSizeGreaterThan(15);
        for (MatchResult row : rows) {
            String key = row.group(1).startsWith("retry.") ? "clusters[]." + row.group(1) : row.group(1);
            assertThat(reference.lines())
                    .as("%s defaults to %s", key, row.group(2))
                    .anyMatch(line ->
                            line.startsWith("| `" + key + "` |") && line.contains("| `" + row.group(2) + "` |"));
        }
    }

    @Test
    @Lab
    @DisplayName("the operations page knows every metric, and no others")
    void operationsKnowsTheMetrics(Laboratory lab) {
        var documented = new TreeSet<String>();
        METRIC.matcher(DocumentBlocks.of("cli/docs/operations.md").text())
                .results()
                .map(MatchResult::group)
                .map(name -> SAMPLE_SUFFIX.matcher(name).replaceFirst(""))
                .forEach(documented::add);

        assertThat(documented).isEqualTo(families(lab.proxy().metrics().text()));
    }

    private static Set<String> families(String exposition) {
        return exposition
                .lines()
                .filter(line -> line.startsWith("# TYPE penstock_"))
                .map(line -> line.split(" ", -1)[2])
                .filter(name -> !name.endsWith("_created"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    @Lab
    @DisplayName("the operations page knows every admin path, and no others")
    void operationsKnowsTheAdminPaths(Laboratory lab) throws IOException {
        Set<String> documented = ADMIN_PATH
                .matcher(DocumentBlocks.of("cli/docs/operations.md").text())
                .results()
                .map(path -> path.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        Response unknown = lab.proxy().admin("/no-such-path");

        var served = new TreeSet<String>();
        Protocol.json(unknown.text()).path("paths").forEach(path -> served.add(path.asText()));
        assertThat(documented).isEqualTo(served);
    }
}
