// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.BodyEnd;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.RecordedRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** S07 and S11: each protocol stays as it is, streamed or not, good or bad. Confined to one thread per test. */
@Lab
final class FidelityIT {
    private static final String ODD_ERROR =
            "{ \"error\" : {\"message\":\"prompt is too long: 210000 tokens > 200000 maximum\",\"odd\":[1,2] } }\n";

    @Test
    @DisplayName("S07 keeps pings and tool-use deltas of Anthropic streams and adds nothing")
    void keepsAnthropicStreamsAsTheyAre(Laboratory lab) throws IOException {
        var events = new ArrayList<>(ProviderEvents.anthropic(3));
        events.add(
                3,
                "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":1,\"delta\":"
                        + "{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"a\"}}\n\n");
        events.add(4, ProviderEvents.anthropicPing());
        lab.play(Script.stream(events));

        Response response = lab.call(Calls.messages());

        assertThat(response.text()).isEqualTo(String.join("", events)).doesNotContain("[DONE]");
        lab.assertOutcome("completed", 1);
    }

    @Test
    @DisplayName("S07 adds no event lines to chat streams and keeps the usage chunk")
    void keepsChatStreamsAsTheyAre(Laboratory lab) throws IOException {
        Response response = lab.call(Calls.chat());

        assertThat(response.text())
                .isEqualTo(String.join("", ProviderEvents.chat(3)))
                .contains("\"usage\"")
                .doesNotContain("event:");
        lab.assertOutcome("completed", 1);
    }

    @Test
    @DisplayName("S07 lets the providers' headers through in both directions")
    void letsProviderHeadersThrough(Laboratory lab) throws IOException {
        lab.play(Script.sse(
                        "request-id: req_1",
                        "x-request-id: req_2",
                        "anthropic-ratelimit-requests-remaining: 41",
                        "x-ratelimit-remaining-tokens: 42",
                        "openai-processing-ms: 43")
                .events(ProviderEvents.anthropic(1))
                .end());

        Response response = lab.call(Calls.messages()
                .header("anthropic-beta", "context-1m-2025-08-07,interleaved-thinking-2025-05-14")
                .header("anthropic-not-invented-yet", "as is; q=1")
                .header("X-Stainless-Lang", "java")
                .header("x-stainless-retry-count", "0"));

        RecordedRequest request = lab.upstream().awaitOnlyExchange().request();
        assertThat(request.headers("anthropic-beta"))
                .containsExactly("context-1m-2025-08-07,interleaved-thinking-2025-05-14");
        assertThat(request.headers("anthropic-not-invented-yet")).containsExactly("as is; q=1");
        assertThat(request.headers("anthropic-version")).containsExactly("2023-06-01");
        assertThat(request.headers("x-stainless-lang")).containsExactly("java");
        assertThat(request.headers("x-stainless-retry-count")).containsExactly("0");
        assertThat(response.header("request-id")).contains("req_1");
        assertThat(response.header("x-request-id")).contains("req_2");
        assertThat(response.header("anthropic-ratelimit-requests-remaining")).contains("41");
        assertThat(response.header("x-ratelimit-remaining-tokens")).contains("42");
        assertThat(response.header("openai-processing-ms")).contains("43");
    }

    @Test
    @DisplayName("S11 relays a JSON answer with its length")
    void relaysCountedJson(Laboratory lab) throws IOException {
        String json = ProviderEvents.chatJson("caf\u00e9 \uD83D\uDE80") + "\n";
        lab.play(Script.json(200, json));

        Response response = lab.call(Calls.chatJson());

        assertThat(response.body()).isEqualTo(json.getBytes(UTF_8));
        assertThat(response.end()).isIn(BodyEnd.COUNTED, BodyEnd.FINAL_CHUNK);
        lab.assertOutcome("completed", 1);
    }

    @Test
    @DisplayName("S11 relays a chunked JSON answer without its trailers")
    void relaysChunkedJsonWithoutTrailers(Laboratory lab) throws IOException {
        String json = ProviderEvents.chatJson("x".repeat(100_000));
        lab.play(Script.script()
                .head(200, "content-type: application/json", "transfer-encoding: chunked", "trailer: x-trailer")
                .text(json)
                .raw("0\r\nx-trailer: secret\r\n\r\n"));
        try (var client = lab.connect()) {
            client.send(Calls.chatJson().header("Connection", "close"));

            String all = new String(client.readUntilClosed(), UTF_8);

            assertThat(all).contains("x".repeat(100)).doesNotContain("x-trailer");
        }
        lab.assertOutcome("completed", 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 304})
    @DisplayName("S11 sends no body where there must be none")
    void sendsNoBodyWhereThereIsNone(int status, Laboratory lab) throws IOException {
        lab.play(Script.script().head(status, "x-request-id: req_9"));
        try (var client = lab.connect()) {
            Response response = client.exchange(Calls.chatJson());

            assertThat(response.status()).isEqualTo(status);
            assertThat(response.header("transfer-encoding")).isEmpty();
            assertThat(client.isClosedByPeerWithin(Duration.ofMillis(300))
                            || client.in().available() == 0)
                    .as("no bytes after the head")
                    .isTrue();
        }
    }

    @Test
    @DisplayName("S11 answers HEAD without a body")
    void answersHeadWithoutABody(Laboratory lab) throws IOException {
        try (var client = lab.connect()) {
            Response response = client.exchange(RawRequest.of("HEAD", "/"));

            assertThat(response.status()).isLessThan(500);
            assertThat(client.isClosedByPeerWithin(Duration.ofMillis(300))
                            || client.in().available() == 0)
                    .as("no bytes after the head")
                    .isTrue();
        }
    }

    @Test
    @DisplayName("S11 swallows interim answers")
    void swallowsInterimAnswers(Laboratory lab) throws IOException {
        lab.play(Script.script()
                .raw("HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n")
                .pause(Duration.ofMillis(50))
                .then(Script.json(200, ProviderEvents.chatJson("hi"))));

        Response response = lab.call(Calls.chatJson());

        assertThat(response.interim()).isEmpty();
        assertThat(response.text()).isEqualTo(ProviderEvents.chatJson("hi"));
        lab.assertOutcome("completed", 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 409, 422, 429, 500, 503, 529})
    @DisplayName("S11 relays the upstream's refusals unmodified")
    void relaysRefusalsUnmodified(int status, Laboratory lab) throws IOException {
        for (RawRequest request : List.of(Calls.chat(), Calls.chatJson(), Calls.messages())) {
            lab.play(Script.json(status, ODD_ERROR, "retry-after: 17", "x-should-retry: false"));

            Response response = lab.call(request);

            assertThat(response.status()).isEqualTo(status);
            assertThat(response.text()).isEqualTo(ODD_ERROR);
            assertThat(response.header("retry-after")).contains("17");
            assertThat(response.header("x-should-retry")).contains("false");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    @DisplayName("S11 masks a refusal of our own key")
    void masksARefusalOfOurKey(int status, Laboratory lab) throws IOException {
        String detail = lab.canary("upstream-detail");
        lab.play(Script.json(status, "{\"error\":{\"message\":\"Incorrect API key provided: " + detail + "\"}}"));

        Response response = lab.call(Calls.chat());

        Protocol.CHAT.assertRefusal(response, 502);
        assertThat(response.text()).doesNotContain(detail);
    }
}
