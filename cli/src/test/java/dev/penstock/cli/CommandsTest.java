// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.penstock.cli.CommandBench.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that print and end. */
final class CommandsTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String SMALLEST = """
        clusters: [{name: a, instances: [{url: "http://127.0.0.1:1"}]}]
        routes: [{name: r, cluster: a}]
        """;

    private final CommandBench bench = new CommandBench();

    @TempDir
    private Path folder;

    @Test
    void showsAShortHelpWithAnExampleWithoutArguments() {
        Outcome outcome = bench.run();

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out()).contains("penstock demo --once").hasLineCount(7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"run", "demo", "check", "print-config", "schema", "mock", "init", "version", "completion", "help"
            })
    void explainsEveryCommand(String command) {
        Outcome outcome = bench.run(command, "--help");

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out()).contains("Usage: penstock " + command);
        assertThat(bench.run("--help").out()).contains("  " + command);
    }

    @Test
    void refusesAnUnknownOptionInOneLineWithASuggestion() {
        Outcome outcome = bench.run("check", "--max-stream", "3");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err())
                .startsWith("penstock: unknown option")
                .contains("--max-streams")
                .hasLineCount(1);
    }

    @Test
    void refusesAnUnknownCommand() {
        Outcome outcome = bench.run("strat");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).startsWith("penstock: unmatched argument").hasLineCount(1);
    }

    @Test
    void printsTheVersionTwoWays() throws IOException {
        JsonNode json = MAPPER.readTree(bench.run("version", "--format", "json").out());

        assertThat(json.get("version").asText()).matches("\\d+\\.\\d+\\.\\d+.*");
        assertThat(json.get("jetty").asText()).startsWith("12.");
        assertThat(bench.run("version").out())
                .isEqualTo(bench.run("--version").out())
                .startsWith("penstock " + json.get("version").asText());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void completesInEveryShell(String shell) {
        assertThat(bench.run("completion", shell).out()).contains("print-config", "max-streams-per-route");
    }

    @Test
    void refusesAShellItDoesNotKnow() {
        Outcome outcome = bench.run("completion", "tcsh");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains("'tcsh'").hasLineCount(1);
    }

    @Test
    void coloursHelpOnlyWhenAsked() {
        assertThat(bench.run("--color=always", "mock", "--help").out()).contains("\u001b[");
        assertThat(bench.run("--color=never", "mock", "--help").out()).doesNotContain("\u001b[");
        bench.environment.put("NO_COLOR", "1");
        assertThat(bench.run("--help").out()).doesNotContain("\u001b[");
    }

    @Test
    void writesAConfigurationThatPassesTheCheckAndIsNeverOverwritten() throws IOException {
        String file = folder.resolve("new.yaml").toString();

        assertThat(bench.run("init", file).exitCode()).isZero();
        assertThat(bench.run("check", file).out()).isEqualTo(file + ": ok" + System.lineSeparator());

        Files.writeString(folder.resolve("new.yaml"), "mine");
        Outcome again = bench.run("init", file);
        assertThat(again.exitCode()).isEqualTo(69);
        assertThat(again.err()).contains("exists already").hasLineCount(1);
        assertThat(folder.resolve("new.yaml")).hasContent("mine");
    }

    @Test
    void whatTheTemplateOffersPassesTheCheckWhenItIsCommentedIn() throws IOException {
        String all = InitCommand.template()
                .replaceAll("(?m)^( *)# (stream:|- name: (?:openai|anthropic)|- \\{name: (?:gpt|claude)|  +)", "$1$2");
        bench.environment.put("OPENAI_API_KEY", "sk-secret-one");
        bench.environment.put("ANTHROPIC_API_KEY", "sk-secret-two");

        Outcome outcome = bench.run("check", write(all));

        assertThat(outcome.out()).endsWith(": ok" + System.lineSeparator());
        assertThat(all).contains("\n  - name: openai\n    dialect: openai\n");
    }

    @Test
    void checkTellsAllProblemsAsText() throws IOException {
        Outcome outcome = bench.run("check", write("lisen: 127.0.0.1:1\nworker: {max_streams: many}\n" + SMALLEST));

        assertThat(outcome.exitCode()).isEqualTo(78);
        assertThat(outcome.out()).contains("error: ", ":1:1: lisen", "did you mean", ":2:", "max_streams");
    }

    @Test
    void checkTellsAllProblemsAsJson() throws IOException {
        Outcome outcome = bench.run("check", "--format", "json", write("lisen: 127.0.0.1:1\n" + SMALLEST));
        JsonNode report = MAPPER.readTree(outcome.out());

        assertThat(outcome.exitCode()).isEqualTo(78);
        assertThat(report.get("ok").asBoolean(true)).isFalse();
        assertThat(report.at("/problems/0/line").asInt()).isEqualTo(1);
        assertThat(report.at("/problems/0/severity").asText()).isEqualTo("error");
    }

    @Test
    void checkWantsAFile() {
        Outcome nothing = bench.run("check");
        Outcome missing = bench.run("check", folder.resolve("none.yaml").toString());

        assertThat(nothing.exitCode()).isEqualTo(2);
        assertThat(nothing.err()).contains("PENSTOCK_CONFIG").hasLineCount(1);
        assertThat(missing.exitCode()).isEqualTo(78);
    }

    @Test
    void takesTheFileFromTheEnvironmentOrEitherPlaceButNotFromBoth() throws IOException {
        String file = write(SMALLEST);
        bench.environment.put("PENSTOCK_CONFIG", file);

        assertThat(bench.run("check").exitCode()).isZero();
        assertThat(bench.run("check", "-c", file).exitCode()).isZero();
        assertThat(bench.run("check", "-c", file, file).exitCode()).isEqualTo(2);
    }

    @Test
    void printsEveryValueWithItsOriginFlagBeforeEnvironmentBeforeFileBeforeDefault() throws IOException {
        String file = write("worker: {max_streams: 5, queue: {max_waiting: 5, max_wait: 5s}}\n" + SMALLEST);
        bench.environment.put("PENSTOCK_MAX_STREAMS", "6");
        bench.environment.put("PENSTOCK_MAX_WAITING", "6");

        JsonNode printed = MAPPER.readTree(bench.run("print-config", file, "--max-streams", "7", "--format", "json")
                .out());

        assertThat(printed.at("/config/worker/max_streams").asInt()).isEqualTo(7);
        JsonNode origins = printed.get("origins");
        assertThat(origins.get("worker.max_streams").asText()).isEqualTo("flag --max-streams");
        assertThat(origins.get("worker.queue.max_waiting").asText()).isEqualTo("env PENSTOCK_MAX_WAITING");
        assertThat(origins.get("worker.queue.max_wait").asText()).startsWith(file + ":1:");
        assertThat(origins.get("drain.deadline").asText()).isEqualTo("default");
    }

    @ParameterizedTest
    @EnumSource(ConfigFlag.class)
    void everyFlagReachesItsKeyAndSaysItsVariableInHelp(ConfigFlag flag) throws IOException {
        String value = switch (flag) {
            case LISTEN, ADMIN -> "127.0.0.1:4711";
            case PLUGINS -> "/somewhere";
            case MAX_WAIT -> "17s";
            case REUSE_PORT, WATCH -> "true";
            case LOG_LEVEL -> "debug";
            case LOG_FORMAT -> "json";
            default -> "17";
        };
        Outcome printed = bench.run("print-config", write(SMALLEST), flag.option() + "=" + value);

        assertThat(printed.out().lines())
                .anyMatch(line -> line.contains(value) && line.contains("flag " + flag.option()));
        assertThat(bench.run("print-config", "--help").out()).contains("(env: " + flag.variable() + ")");
    }

    @Test
    void aSwitchNeedsNoValue() throws IOException {
        assertThat(bench.run("print-config", "--reuse-port", "-c", write(SMALLEST))
                        .out())
                .containsPattern("reuse_port: true +# flag --reuse-port");
    }

    @Test
    void helpShowsWhatTheEnvironmentSets() {
        bench.environment.put("PENSTOCK_LISTEN", "127.0.0.1:7");

        assertThat(bench.run("print-config", "--help").out()).contains("(env: PENSTOCK_LISTEN=127.0.0.1:7)");
    }

    @Test
    void neverPrintsASecret() throws IOException {
        String file = write("""
            clusters: [{name: a, instances: [{url: "http://127.0.0.1:1", auth: {bearer: "${KEY}"}}]}]
            routes: [{name: r, cluster: a}]
            """);
        bench.environment.put("KEY", "sk-very-secret");

        Outcome outcome = bench.run("print-config", file);

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out()
                        + bench.run("print-config", file, "--format=json").out())
                .doesNotContain("sk-very-secret");
    }

    @Test
    void printsASchema() throws IOException {
        assertThat(MAPPER.readTree(bench.run("schema").out())
                        .at("/properties/listen")
                        .isMissingNode())
                .isFalse();
    }

    private String write(String text) throws IOException {
        Path file = Files.createTempFile(folder, "penstock", ".yaml");
        return Files.writeString(file, text).toString();
    }
}
