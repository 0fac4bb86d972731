// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InterpolatorTest {
    private static final Map<String, String> ENVIRONMENT =
            Map.of("A", "x", "A_LONGER", "y", "EMPTY", "", "NESTED", "${A}");

    @TempDir
    Path directory;

    private final ConfigProblems problems = new ConfigProblems();

    private ConfigNode expand(String text) {
        ConfigNode.Scalar raw = new ConfigNode.Scalar("key", new Origin.Standard(), text, false, false);
        return new Interpolator(ENVIRONMENT, directory, path -> {}, problems).expand(raw);
    }

    private String expanded(String text) {
        return expand(text) instanceof ConfigNode.Scalar scalar ? scalar.text() : "broken";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            ignoreLeadingAndTrailingWhitespace = true,
            value = {
                "plain > plain",
                "${A} > x",
                "a-${A}-${A_LONGER}-b > a-x-y-b",
                "${NONE:-standard} > standard",
                "${EMPTY:-standard} > standard",
                "${A:-standard} > x",
                "${A:?is needed} > x",
                "http://${NONE:-h:80}/ > http://h:80/",
                "$$5 > $5",
                "$${A} > ${A}",
                "$5 and $ > $5 and $",
                "${NESTED} > ${A}"
            })
    void fillsInVariables(String text, String expected) {
        assertThat(expanded(text)).isEqualTo(expected);
        assertThat(problems.errors()).isEmpty();
    }

    @Test
    void takesAnEmptyVariableForEmptyText() {
        assertThat(expanded("${EMPTY}")).isEmpty();
        assertThat(expanded("${NONE:-}")).isEmpty();
    }

    @Test
    void marksOnlyWhatWasFilledInAsExpanded() {
        assertThat(expand("${A}"))
                .isInstanceOfSatisfying(
                        ConfigNode.Scalar.class,
                        node -> assertThat(node.expanded()).isTrue());
        assertThat(expand("$$A"))
                .isInstanceOfSatisfying(
                        ConfigNode.Scalar.class,
                        node -> assertThat(node.expanded()).isFalse());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "${NONE} > environment variable NONE is not set; set it, or give a default: ${NONE:-default}",
                "${NONE:?ask the team} > environment variable NONE is not set: ask the team",
                "${A > \"${\" is not closed; write $$ for a dollar",
                "${NONE:=x} > \"${NONE:=x}\" is not understood; write ${NONE:-default} or ${NONE:?message}",
                "${NONE:-${A}} > the default of ${NONE} holds another variable; that is not supported",
                "${A B} > \"${A B}\" does not name a variable; use ${VAR}, ${VAR:-default}, ${VAR:?message} or"
                        + " ${file:path}, and $$ for a dollar"
            })
    void saysWhyAVariableCannotBeFilledIn(String text, String message) {
        assertThat(expanded(text)).isEqualTo("broken");
        assertThat(problems.errors()).extracting(ConfigProblem::message).containsExactly(message);
    }

    @Test
    void readsAFileWithoutItsLastLineBreakAndWarnsIfEverybodyMay() throws IOException {
        Path file = Files.writeString(directory.resolve("key"), "s3cret\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(expanded("${file:key}")).isEqualTo("s3cret");
        assertThat(problems.warnings())
                .extracting(ConfigProblem::message)
                .containsExactly("every user of this machine can read key; chmod o-r it");
    }

    @Test
    void keepsQuietAboutAFileThatOnlyItsOwnerReads() throws IOException {
        Path file = Files.writeString(directory.resolve("key"), "s3cret");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(expanded("Bearer ${file:" + file + "}")).isEqualTo("Bearer s3cret");
        assertThat(problems.warnings()).isEmpty();
    }

    @Test
    void namesAFileThatIsNotThere() {
        assertThat(expanded("${file:none}")).isEqualTo("broken");
        assertThat(problems.errors())
                .extracting(ConfigProblem::message)
                .containsExactly("there is no file " + directory.resolve("none"));
    }

    @Test
    void neverEchoesTheValueOfAVariable() {
        assertThat(Loading.problems("worker: {max_streams: \"${N}\"}\n" + Loading.REST, Map.of("N", "s3cret")))
                .containsExactly("penstock.yaml:1:23: worker.max_streams: must be a whole number"
                        + " (the value of the variable is not shown)");
    }

    @Test
    void takesAnEmptyVariableForTheDefaultAndForAnEmptyList() {
        String text = """
            worker: {max_streams: "${NONE:-}"}
            trusted_proxies: "${NONE:-}"
            plugins: {chain: "${NONE:-}"}
            """ + Loading.REST;
        PenstockConfig config = Loading.config(text);
        assertThat(config.worker().maxStreams()).isEqualTo(1000);
        assertThat(config.trustedProxies()).isEmpty();
        assertThat(config.plugins().chain()).isEmpty();
    }

    @Test
    void cannotChangeTheStructureOfTheFile() {
        String text = "log: {level: \"${L}\"}\n" + Loading.REST;
        assertThat(Loading.problems(text, Map.of("L", "info}\nworker: {max_streams: 1")))
                .singleElement()
                .asString()
                .contains("log.level: must be");
    }
}
