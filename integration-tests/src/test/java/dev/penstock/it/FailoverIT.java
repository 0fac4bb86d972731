// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Patience;
import dev.penstock.testing.Playbook;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.RecordedRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Group H: what one instance fails, another does, while the client has nothing yet. Confined to one thread per test. */
final class FailoverIT {
    private static final String ATTEMPTS = "LAB_RETRY_ATTEMPTS=2";
    private static final String TWO = "LAB_WEIGHT_2=1";
    private static final String MODEL_ONE = "LAB_MODEL_1=model-of-one";
    private static final String MODEL_TWO = "LAB_MODEL_2=model-of-two";
    private static final Script GOOD = Script.stream(ProviderEvents.chat(3));

    @TempDir
    private Path folder;

    /** Ways in which the first instance fails a request before the client has anything. */
    enum Fault implements Playbook {
        RESET_AFTER_THE_REQUEST,
        STATUS_503,
        RESET_WITHIN_THE_REQUEST,
        HEAD_THEN_RESET,
        ERROR_EVENT_FIRST;

        @Override
        public Script choose(RecordedRequest request) {
            return switch (this) {
                case RESET_AFTER_THE_REQUEST, RESET_WITHIN_THE_REQUEST ->
                    Script.script().reset();
                case STATUS_503 -> Script.json(503, "{\"from\":\"one\"}", "x-request-id: from-one");
                case HEAD_THEN_RESET -> Script.sse("x-request-id: from-one").reset();
                case ERROR_EVENT_FIRST ->
                    Script.sse("x-request-id: from-one")
                            .event("data: {\"error\":{\"message\":\"from one\"}}\n\n")
                            .end();
            };
        }

        @Override
        public boolean readsBody(RecordedRequest request) {
            return this != RESET_WITHIN_THE_REQUEST;
        }
    }

    private static RawRequest large(Laboratory lab) {
        String prompt = "0123456789abcdef".repeat(500 * 1024 / 16);
        return RawRequest.postJson(
                        Calls.CHAT,
                        "{\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt
                                + "\"}], \"model\" : \"lab-model\" ,\"stream\":true}")
                .header("Authorization", "Bearer " + lab.canary("client-key"));
    }

    @ParameterizedTest
    @EnumSource
    @Lab({ATTEMPTS, TWO, MODEL_ONE, MODEL_TWO})
    @DisplayName("H04 shows the client only the instance that answers, with the same body and its own key and model")
    void showsOnlyTheInstanceThatAnswers(Fault fault, Laboratory lab) throws Exception {
        lab.play(fault);
        lab.play(2, request -> GOOD);
        RawRequest request = large(lab);
        for (int i = 0; lab.growth("penstock_retries_total") == 0; i++) {
            assertThat(i)
                    .as("requests until the first instance was asked first")
                    .isLessThan(4);
            lab.upstream(2).forget();
            assertAnsweredByTwo(lab, lab.call(request), request);
        }
        assertThat(lab.growth("penstock_retries_total")).isEqualTo(1);
        eventually(Patience.seconds(5), () -> assertThat(lab.outcomes()).containsOnlyKeys("completed"));
    }

    private static void assertAnsweredByTwo(Laboratory lab, Response response, RawRequest request) {
        assertThat(response.status()).as("%s", response).isEqualTo(200);
        assertThat(response.text()).isEqualTo(String.join("", ProviderEvents.chat(3)));
        assertThat(response.header("x-request-id").orElse("")).isNotEqualTo("from-one");
        RecordedRequest arrived = lab.upstream(2).awaitOnlyExchange().request();
        String sent = new String(request.bytes(), java.nio.charset.StandardCharsets.ISO_8859_1);
        assertThat(arrived.bodyText())
                .isEqualTo(sent.substring(sent.indexOf("\r\n\r\n") + 4).replace("lab-model", "model-of-two"));
        List<String> keys = arrived.headers("authorization");
        assertThat(keys).hasSize(1);
        assertThat(keys.getFirst()).startsWith("Bearer key-2-");
        assertThat(arrived.wireText()).doesNotContain("key-1-", "model-of-one", "client-key");
    }

    @Test
    @DisplayName("H04a goes to the second instance when the first refuses connections")
    void goesOnWhenConnectionsAreRefused() throws Exception {
        Map<String, String> variables = Map.of(
                "LAB_UPSTREAM_1", "http://127.0.0.1:" + Ports.free(),
                "LAB_WEIGHT_2", "1",
                "LAB_MODEL_2", "model-of-two",
                "LAB_RETRY_ATTEMPTS", "2");
        try (var lab = Laboratory.open(variables)) {
            for (int i = 0; i < 4; i++) {
                RawRequest request = large(lab);
                lab.upstream(2).forget();
                assertAnsweredByTwo(lab, lab.call(request), request);
            }
            assertThat(lab.growth("penstock_retries_total", "reason", "connect_failed"))
                    .isEqualTo(2);
            lab.assertOutcome("completed", 4);
            lab.check(true);
        }
    }

    @Test
    @DisplayName("a hedge is answered by whoever is first, counts once as a stream, and leaves nothing behind")
    void hedges() throws Exception {
        LabFile file = LabFile.in(folder)
                .weights(1, 1, 0)
                .replace("\"${LAB_RETRY_BUDGET:-100%}\"", "100%\n      hedge_after: 200ms");
        try (var lab = Laboratory.open(file.path(), Map.of("LAB_RETRY_ATTEMPTS", "2"))) {
            lab.play(request -> Script.sse().silence());
            for (int i = 0; i < 4; i++) {
                assertThat(lab.call(Calls.chat()).text()).isEqualTo(String.join("", ProviderEvents.chat(3)));
            }
            assertThat(lab.upstream(1).exchanges())
                    .isNotEmpty()
                    .allSatisfy(lost -> lost.awaitDeparture(Patience.seconds(1)));
            int lost = lab.upstream(1).exchanges().size();
            assertThat(lab.growth("penstock_retries_total", "reason", "hedge")).isEqualTo(lost);
            eventually(
                    Patience.seconds(2),
                    () -> assertThat(lab.growth("penstock_upstream_requests_total", "result", "hedge_lost"))
                            .isEqualTo(lost));
            lab.assertOutcome("completed", 4);

            lab.play(2, request -> Script.sse().silence());
            try (RawHttpClient client = lab.connect()) {
                client.send(Calls.chat());
                eventually(
                        Patience.seconds(2),
                        () -> assertThat(lab.proxy().metrics().sum("penstock_upstream_in_flight"))
                                .isEqualTo(2));
                assertThat(lab.proxy().metrics().sum("penstock_streams_active")).isEqualTo(1);
            }
            lab.assertOutcomes(Map.of("completed", 4L, "client_disconnect", 1L));
            lab.check(true);
        }
    }

    @Test
    @Lab
    @DisplayName("H06 every request is answered, once, by an upstream that closes without a word after each")
    void survivesUpstreamsThatCloseUnannounced(Laboratory lab) throws IOException {
        Script once = Script.json(200, ProviderEvents.chatJson("hello")).close();
        lab.play(request -> once);
        try (RawHttpClient client = lab.connect()) {
            for (int i = 0; i < 300; i++) {
                Response response = client.exchange(Calls.chatJson("model-" + i + "."));
                assertThat(response.status()).as("request %d: %s", i, response).isEqualTo(200);
            }
        }
        List<RecordedRequest> executed = lab.upstream().requests();
        assertThat(executed).hasSize(300);
        for (int i = 0; i < 300; i++) {
            assertThat(executed.get(i).mentions("\"model-" + i + ".\"")).isTrue();
        }
        lab.assertOutcome("completed", 300);
    }
}
