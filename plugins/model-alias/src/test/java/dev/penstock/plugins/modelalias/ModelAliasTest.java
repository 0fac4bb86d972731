// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.modelalias;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testkit.HarnessRequest;
import dev.penstock.testkit.HarnessStream;
import dev.penstock.testkit.PluginHarness;
import org.junit.jupiter.api.Test;

final class ModelAliasTest {
    private static final String CONFIG = """
        aliases: {fast: qwen3-8b, "openai/*": "*"}
        deny: {"gpt-3*": "it was retired; use fast"}
        """;

    @Test
    void routesByTheOtherName() {
        try (PluginHarness harness = PluginHarness.of(new ModelAliasFactory(), CONFIG)) {
            assertThat(run(harness, "fast").model()).isEqualTo("qwen3-8b");
            assertThat(run(harness, "openai/gpt-4").model()).isEqualTo("gpt-4");
            assertThat(harness.metric("requests_total", "renamed")).isEqualTo(2);
        }
    }

    @Test
    void saysWhyAModelIsDenied() {
        try (PluginHarness harness = PluginHarness.of(new ModelAliasFactory(), CONFIG)) {
            assertThat(run(harness, "gpt-3.5").answer()).hasValueSatisfying(answer -> {
                assertThat(answer.status()).isEqualTo(403);
                assertThat(answer.code()).isEqualTo("model_denied");
                assertThat(answer.text()).contains("gpt-3.5").contains("use fast");
            });
        }
    }

    @Test
    void letsOtherModelsPassOrRefusesThem() {
        try (PluginHarness harness = PluginHarness.of(new ModelAliasFactory(), CONFIG)) {
            assertThat(run(harness, "llama").model()).isEqualTo("llama");
        }
        try (PluginHarness harness = PluginHarness.of(new ModelAliasFactory(), CONFIG + "others: refuse")) {
            assertThat(run(harness, "llama").answer()).hasValueSatisfying(answer -> {
                assertThat(answer.status()).isEqualTo(404);
                assertThat(answer.code()).isEqualTo("model_not_found");
            });
        }
    }

    private static HarnessStream run(PluginHarness harness, String model) {
        return harness.stream(HarnessRequest.openAiChat(model, "Hello")).run("{}");
    }
}
