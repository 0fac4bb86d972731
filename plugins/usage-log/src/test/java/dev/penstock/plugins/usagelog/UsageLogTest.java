// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.usagelog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.plugins.parts.Json;
import dev.penstock.plugins.parts.UnreadableException;
import dev.penstock.spi.StreamOutcome;
import dev.penstock.testkit.HarnessRequest;
import dev.penstock.testkit.HarnessStream;
import dev.penstock.testkit.PluginHarness;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class UsageLogTest {
    private static final String PRICES = """
        prices: {"gpt-*": {input: 2, output: 10}, gpt-4o: {input: 4, output: 20}}
        currency: EUR
        """;

    @Test
    void writesWhatAStreamHasUsedAndCosts() throws Exception {
        try (PluginHarness harness = PluginHarness.of(new UsageLogFactory(), PRICES)) {
            HarnessStream stream = harness.stream(
                            HarnessRequest.openAiChat("gpt-4o", "Hi \u00e9").from("team \"a\""))
                    .begin()
                    .event("a")
                    .event("b")
                    .usage(1_000, 500)
                    .end()
                    .finish();

            Json line = lines(harness).getFirst();
            assertThat(line.get("outcome").text()).isEqualTo("completed");
            assertThat(line.get("model").text()).isEqualTo("gpt-4o");
            assertThat(line.get("consumer").text()).isEqualTo("team \"a\"");
            assertThat(line.get("input_tokens").number()).isEqualTo(OptionalLong.of(1_000));
            assertThat(line.get("output_tokens").number()).isEqualTo(OptionalLong.of(500));
            assertThat(line.written())
                    .contains(
                            "\"cost\":0.014,",
                            "\"currency\":\"EUR\"",
                            "\"tokens_per_second\":",
                            "\"time_to_first_token_ms\":")
                    .doesNotContain("Hi");
            assertThat(stream.logFields()).containsEntry("cost", 0.014).containsKey("tokens_per_second");
        }
    }

    @Test
    void writesALineHoweverAStreamEnds() throws Exception {
        try (PluginHarness harness = PluginHarness.of(new UsageLogFactory(), "")) {
            for (StreamOutcome.Kind kind : StreamOutcome.Kind.values()) {
                harness.stream(HarnessRequest.openAiChat("m", "Hi"))
                        .begin()
                        .event("a")
                        .finish(kind);
            }
            harness.stream(HarnessRequest.openAiChat("m", "Hi")).finish(StreamOutcome.Kind.REJECTED);

            assertThat(lines(harness)).hasSize(StreamOutcome.Kind.values().length + 1);
            assertThat(lines(harness).getLast().get("status").number()).isEmpty();
            assertThat(harness.metric("lines_total", "written")).isEqualTo(StreamOutcome.Kind.values().length + 1);
        }
    }

    @Test
    void saysNothingOfWhatItDoesNotKnow() throws Exception {
        try (PluginHarness harness = PluginHarness.of(new UsageLogFactory(), PRICES)) {
            harness.stream(HarnessRequest.openAiChat("llama", "Hi"))
                    .begin()
                    .usage(1, 1)
                    .end()
                    .finish();
            harness.stream(HarnessRequest.openAiChat("gpt-4o", "Hi")).run("a");

            assertThat(lines(harness))
                    .allSatisfy(line -> assertThat(line.written()).doesNotContain("cost"));
        }
    }

    private static List<Json> lines(PluginHarness harness) throws IOException, UnreadableException {
        List<Json> lines = new ArrayList<>();
        for (String line : Files.readAllLines(harness.dataDirectory().resolve("usage.jsonl"))) {
            lines.add(Json.read(line.getBytes(StandardCharsets.UTF_8)));
        }
        return lines;
    }
}
