// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.penstock.spi.SpiVersion;
import dev.penstock.spi.StreamOutcome;
import org.junit.jupiter.api.Test;

final class PluginHarnessTest {

    @Test
    void showsWhatAClientGets() {
        try (var harness = PluginHarness.of(new AliasFactory(), "aliases: {fast: small}")) {
            HarnessStream stream =
                    harness.stream(HarnessRequest.openAiChat("fast", "Hi")).run("a", "b...", "c");
            assertThat(stream.model()).isEqualTo("small");
            assertThat(stream.responseHeaders()).containsKey("x-served-by");
            assertThat(stream.client()).containsExactly("a", "b...", "c", "[DONE]");
            assertThat(stream.outcome().kind()).isEqualTo(StreamOutcome.Kind.COMPLETED);
            assertThat(harness.errors()).isEmpty();
        }
    }

    @Test
    void showsARefusal() {
        try (var harness = PluginHarness.of(new AliasFactory(), "")) {
            HarnessStream stream = harness.stream(HarnessRequest.anthropicMessages("unknown", "Hi"))
                    .run("a");
            assertThat(stream.answer()).hasValueSatisfying(answer -> {
                assertThat(answer.status()).isEqualTo(404);
                assertThat(answer.code()).isEqualTo("model_not_found");
            });
            assertThat(stream.client()).isEmpty();
        }
    }

    @Test
    void showsAnEarlyEndAndCountsIt() {
        try (var harness = PluginHarness.of(new AliasFactory(), "marker: bad")) {
            HarnessStream stream =
                    harness.stream(HarnessRequest.openAiResponses("m", "Hi")).run("a", "bad", "c");
            assertThat(stream.client()).containsExactly("a", "stopped");
            assertThat(stream.outcome().kind()).isEqualTo(StreamOutcome.Kind.STOPPED_BY_PLUGIN);
            assertThat(harness.metric("hits_total", "bad")).isEqualTo(1);
        }
    }

    @Test
    void letsAWindowPass() {
        try (var harness = PluginHarness.of(new AliasFactory(), "")) {
            HarnessStream stream =
                    harness.stream(HarnessRequest.openAiChat("m", "Hi")).begin().event("wait...");
            assertThat(stream.client()).isEmpty();
            stream.awaitHoldLimit();
            assertThat(stream.client()).containsExactly("wait...");
            stream.finish();
        }
    }

    @Test
    void showsTheLastWordOfAnObserver() {
        try (var harness = PluginHarness.of(new CountFactory(), "")) {
            HarnessStream stream =
                    harness.stream(HarnessRequest.openAiChat("m", "Hi")).run("a", "b");
            assertThat(stream.client()).containsExactly("a", "b", "2", "[DONE]");
            assertThat(stream.logFields()).containsEntry("events", 2L);
            assertThat(stream.trailers()).containsEntry("x-events", "2");
        }
    }

    @Test
    void aBodyIsOneEvent() {
        try (var harness = PluginHarness.of(new CountFactory(), "")) {
            HarnessStream stream = harness.stream(HarnessRequest.openAiChat("m", "Hi"))
                    .begin()
                    .body("{}")
                    .finish();
            assertThat(stream.client()).containsExactly("{}", "1");
        }
    }

    @Test
    void reportsEveryProblemOfAConfiguration() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PluginHarness.of(new AliasFactory(), "marker: ' '\nmarkr: x"))
                .withMessageContaining("markr");
        assertThat(PluginHarness.problems(new AliasFactory(), "marker: ' '"))
                .singleElement()
                .asString()
                .contains("must not be blank");
        assertThat(PluginHarness.problems(new AliasFactory(), "")).isEmpty();
    }

    @Test
    void theBuildWritesTheVersionOfThisSpiIntoManifests() {
        assertThat(System.getProperty("penstock.spi.version", SpiVersion.CURRENT.toString()))
                .isEqualTo(SpiVersion.CURRENT.toString());
    }
}
