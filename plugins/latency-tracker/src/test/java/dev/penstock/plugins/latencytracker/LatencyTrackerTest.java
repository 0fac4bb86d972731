// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.latencytracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.StreamOutcome;
import dev.penstock.testkit.HarnessRequest;
import dev.penstock.testkit.HarnessStream;
import dev.penstock.testkit.PluginHarness;
import org.junit.jupiter.api.Test;

final class LatencyTrackerTest {
    @Test
    void measuresTheTimesBetweenEvents() {
        try (PluginHarness harness = PluginHarness.of(new LatencyTrackerFactory(), "")) {
            HarnessStream stream = run(harness, "gpt-4o");

            assertThat(stream.logFields()).containsKeys("time_to_first_token_ms", "gap_mean_ms", "gap_p99_ms");
            assertThat(harness.metric("gap_mean_seconds_count", "gpt-4o")).isEqualTo(1);
            assertThat(harness.metric("gap_p99_seconds_count", "gpt-4o")).isEqualTo(1);
            assertThat(harness.metric("time_to_first_token_seconds_count", "gpt-4o"))
                    .isEqualTo(1);
        }
    }

    @Test
    void tellsApartOnlyModelsThatHaveAnsweredAndOnlySoMany() {
        try (PluginHarness harness = PluginHarness.of(new LatencyTrackerFactory(), "max_models: 1")) {
            harness.stream(HarnessRequest.openAiChat("made-up", "Hi"))
                    .begin()
                    .event("a")
                    .event("b")
                    .finish(StreamOutcome.Kind.UPSTREAM_ERROR);
            run(harness, "first");
            run(harness, "second");

            assertThat(harness.metric("gap_mean_seconds_count", "first")).isEqualTo(1);
            assertThat(harness.metric("gap_mean_seconds_count", "other")).isEqualTo(2);
        }
    }

    @Test
    void countsNothingWhereNoModelHasAnswered() {
        try (PluginHarness harness = PluginHarness.of(new LatencyTrackerFactory(), "")) {
            harness.stream(HarnessRequest.openAiChat("m", "Hi")).finish(StreamOutcome.Kind.REJECTED);

            assertThat(harness.metric("time_to_first_token_seconds_count", "other"))
                    .isZero();
        }
    }

    private static HarnessStream run(PluginHarness harness, String model) {
        return harness.stream(HarnessRequest.openAiChat(model, "Hi")).run("a", "b", "c");
    }
}
