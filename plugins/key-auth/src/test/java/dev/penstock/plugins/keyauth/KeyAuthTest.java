// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.keyauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testkit.HarnessRequest;
import dev.penstock.testkit.HarnessStream;
import dev.penstock.testkit.PluginHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class KeyAuthTest {
    private static final String KEY = "example-key-of-team-a";

    private final PluginHarness harness = PluginHarness.of(new KeyAuthFactory(), """
        consumers:
          - {name: team-a, keys: ["sha256:17deecb4fb6ddf81b6dbc0f4d17bb5584f3294bdbffc26829193fd6e8dbbf866"], models: ["gpt-4*"]}
        """);

    @AfterEach
    void close() {
        assertThat(harness.errors()).isEmpty();
        harness.close();
    }

    @Test
    void knowsTheCallerByBearerToken() {
        HarnessStream stream = run(request("gpt-4o").withHeader("Authorization", "bearer " + KEY));

        assertThat(stream.answer()).isEmpty();
        assertThat(stream.consumer()).contains("team-a");
    }

    @Test
    void knowsTheCallerByApiKey() {
        HarnessStream stream = run(request("gpt-4o").withHeader("X-Api-Key", KEY));

        assertThat(stream.answer()).isEmpty();
        assertThat(stream.consumer()).contains("team-a");
    }

    @Test
    void looksAtTheApiKeyWhenTheBearerTokenIsUnknown() {
        assertThat(run(request("gpt-4o")
                                .withHeader("authorization", "Bearer somebody-elses")
                                .withHeader("x-api-key", KEY))
                        .consumer())
                .contains("team-a");
    }

    @Test
    void takesTheKeyOutOfTheRequest() {
        HarnessStream stream = run(
                request("gpt-4o").withHeader("authorization", "Bearer " + KEY).withHeader("x-api-key", KEY));

        assertThat(stream.requestHeaders()).doesNotContainKeys("authorization", "x-api-key");
    }

    @Test
    void refusesWhoHasNoKey() {
        for (String value : new String[] {"Bearer ", "Basic " + KEY, KEY}) {
            assertThat(run(request("gpt-4o").withHeader("authorization", value)).answer())
                    .hasValueSatisfying(answer -> {
                        assertThat(answer.status()).isEqualTo(401);
                        assertThat(answer.code()).isEqualTo("unauthenticated");
                        assertThat(answer.headers()).containsEntry("www-authenticate", "Bearer");
                    });
        }
        assertThat(harness.metric("refused_total", "no_key")).isEqualTo(3);
    }

    @Test
    void refusesAnUnknownKeyWithoutRepeatingIt() {
        assertThat(run(request("gpt-4o").withHeader("authorization", "Bearer unknown-key"))
                        .answer())
                .hasValueSatisfying(answer -> {
                    assertThat(answer.status()).isEqualTo(401);
                    assertThat(answer.text()).doesNotContain("unknown-key");
                });
        assertThat(harness.metric("refused_total", "unknown_key")).isEqualTo(1);
    }

    @Test
    void refusesAModelThatIsNotAllowed() {
        assertThat(run(request("o1").withHeader("x-api-key", KEY)).answer()).hasValueSatisfying(answer -> {
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.code()).isEqualTo("forbidden");
            assertThat(answer.text()).contains("o1");
        });
        assertThat(harness.metric("refused_total", "model")).isEqualTo(1);
    }

    private static HarnessRequest request(String model) {
        return HarnessRequest.openAiChat(model, "Hello");
    }

    private HarnessStream run(HarnessRequest request) {
        return harness.stream(request).run("{}");
    }
}
