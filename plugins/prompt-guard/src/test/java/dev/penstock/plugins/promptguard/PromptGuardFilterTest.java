// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.promptguard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testkit.HarnessAnswer;
import dev.penstock.testkit.HarnessRequest;
import dev.penstock.testkit.PluginHarness;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PromptGuardFilterTest {
    private final PluginHarness harness = PluginHarness.of(new PromptGuardFactory(), """
        deny: {secret: "top secret"}
        message: "Not here."
        max_body: 1KiB
        """);

    @AfterEach
    void close() {
        assertThat(harness.errors()).isEmpty();
        harness.close();
    }

    @Test
    void readsEveryDialect() {
        for (HarnessRequest request : new HarnessRequest[] {
            HarnessRequest.openAiChat("m", "a TOP secret plan"),
            HarnessRequest.openAiResponses("m", "a top secret plan"),
            HarnessRequest.anthropicMessages("m", "a top secret plan"),
            HarnessRequest.post("/v1/completions", "{\"model\":\"m\",\"prompt\":\"a top secret plan\"}"),
            HarnessRequest.post("/v1/embeddings", "{\"model\":\"m\",\"input\":[\"a\",\"top secret\"]}"),
            HarnessRequest.post(
                    "/v1/messages",
                    "{\"model\":\"m\",\"max_tokens\":1,\"system\":\"top"
                            + " secret\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}"),
            HarnessRequest.post("/other", "{\"query\":{\"text\":\"top secret\"}}"),
        }) {
            assertThat(answer(request)).as(request.path()).hasValueSatisfying(answer -> {
                assertThat(answer.status()).isEqualTo(403);
                assertThat(answer.code()).isEqualTo("prompt_denied");
                assertThat(answer.text()).isEqualTo("Not here.");
            });
        }
        assertThat(harness.metric("refused_total", "prompt_denied", "secret")).isEqualTo(7);
    }

    @Test
    void letsTheRestPass() {
        assertThat(answer(HarnessRequest.openAiChat("m", "a secret"))).isEmpty();
        assertThat(answer(HarnessRequest.post("/other", ""))).isEmpty();
    }

    @Test
    void refusesWhatItCannotRead() {
        assertThat(answer(HarnessRequest.post("/other", "not json")))
                .map(HarnessAnswer::code)
                .contains("prompt_unreadable");
        assertThat(answer(HarnessRequest.openAiChat("m", "a".repeat(1_000))))
                .map(HarnessAnswer::status)
                .contains(413);
    }

    private Optional<HarnessAnswer> answer(HarnessRequest request) {
        return harness.stream(request).run().answer();
    }
}
