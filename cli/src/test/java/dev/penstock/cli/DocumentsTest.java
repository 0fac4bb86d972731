// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The documents say what the program does. With {@code -Dpenstock.docs=write} the generated ones are written instead. */
final class DocumentsTest {

    private static final Path DOCS = Path.of("docs");
    private static final Path ROOT = Path.of("..");
    /** A comment before a block says that it is for somebody else, such as Kubernetes. */
    private static final Pattern YAML = Pattern.compile("(?ms)(?<!-->\\n)^```yaml\\n(.*?)^```$");

    private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(?:#[^)]*)?\\)");

    @TempDir
    private Path folder;

    @Test
    void commandReferenceIsWhatTheCommandsSay() throws IOException {
        compare(DOCS.resolve("cli.md"), References.commands());
    }

    @Test
    void configurationReferenceIsWhatTheRecordsSay() throws IOException {
        compare(DOCS.resolve("configuration.md"), References.configuration());
    }

    @Test
    void everyConfigurationInADocumentPassesTheCheck() throws IOException {
        CommandBench bench = new CommandBench();
        bench.environment.put("OPENAI_API_KEY", "sk-one");
        bench.environment.put("ANTHROPIC_API_KEY", "sk-two");
        bench.environment.put("ADMIN_TOKEN", "three");
        for (Path document : documents()) {
            Matcher blocks = YAML.matcher(Files.readString(document));
            while (blocks.find()) {
                Path file = Files.writeString(folder.resolve("block.yaml"), blocks.group(1));
                CommandBench.Outcome outcome = bench.run("check", file.toString());
                assertThat(outcome.exitCode())
                        .as(document + ":\n" + blocks.group(1) + outcome.out())
                        .isZero();
            }
        }
    }

    @Test
    void everyLinkBetweenDocumentsLeadsSomewhere() throws IOException {
        for (Path document : documents()) {
            Matcher links = LINK.matcher(Files.readString(document));
            while (links.find()) {
                assertThat(document.resolveSibling(links.group(1)).normalize())
                        .as(document.toString())
                        .exists();
            }
        }
    }

    private static List<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        try (var files = Files.list(DOCS)) {
            files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
        }
        return documents;
    }

    private static void compare(Path document, String wanted) throws IOException {
        if ("write".equals(System.getProperty("penstock.docs"))) {
            Files.createDirectories(DOCS);
            Files.writeString(document, wanted);
        }
        assertThat(document)
                .as("make it anew: mvn test -pl cli -am -Dtest=DocumentsTest -Dsurefire.failIfNoSpecifiedTests=false"
                        + " -Dpenstock.docs=write")
                .hasContent(wanted);
    }
}
