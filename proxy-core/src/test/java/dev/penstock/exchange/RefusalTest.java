// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import static dev.penstock.exchange.TestedProxy.SOON;
import static dev.penstock.exchange.TestedProxy.chat;
import static dev.penstock.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.config.ClusterDialect;
import dev.penstock.dialect.Dialect;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import dev.penstock.testing.ScriptedUpstream;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused before a model server is asked, and that nothing comes of it but an answer. */
class RefusalTest {
    private static final Script GOOD = Script.stream(ProviderEvents.chat(1));

    private static Response refused(RawRequest request, int status, String reason, String... settings)
            throws IOException {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(GOOD);
                TestedProxy proxy = TestedProxy.before(upstream, settings)) {
            Response response = proxy.exchange(request);

            assertThat(response.status()).isEqualTo(status);
            assertThat(response.header("content-type")).hasValue("application/json");
            assertThat(response.header("x-request-id")).isPresent();
            assertThat(response.text()).contains("\"error\"");
            assertThat(proxy.entry().reason()).hasValue(reason);
            assertThat(proxy.entry().outcome()).isEmpty();
            assertThat(upstream.requests()).isEmpty();
            assertThat(proxy.metrics().sum("penstock_rejected_total", "reason", reason))
                    .isEqualTo(1);
            assertThat(proxy.metrics().sum("penstock_streams_total")).isZero();
            proxy.awaitQuiet();
            return response;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zz\r\n", "-1\r\n", "5\r\n{}   ", "ffffffffffffffffff\r\n"})
    void refusesABodyWhoseFramingIsBroken(String chunk) throws IOException {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(GOOD);
                TestedProxy proxy = TestedProxy.before(upstream);
                RawHttpClient client = proxy.client()) {
            client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n" + chunk + "\r\n\r\n\r\n");

            Response response = client.readResponse();

            assertThat(response.status()).isEqualTo(400);
            assertThat(response.header("connection")).hasValue("close");
            assertThat(response.text()).contains("is not framed as HTTP asks");
            assertThat(proxy.entry().reason()).hasValue("bad_request");
            assertThat(upstream.requests()).isEmpty();
            proxy.awaitQuiet();
        }
    }

    @Test
    void refusesWhatIsNoRequestOfADialect() throws IOException {
        assertThat(refused(chat().method("PUT"), 405, "bad_request").header("allow"))
                .hasValue("POST");
        refused(chat().without("Content-Type"), 415, "bad_request");
        refused(chat().without("Content-Type").header("Content-Type", "text/plain"), 415, "bad_request");
        refused(RawRequest.postJson("/v1/chat/completions", "{"), 400, "bad_request");
        refused(RawRequest.postJson("/v1/chat/completions", "{\"messages\":[]}"), 400, "bad_request");
        assertThat(refused(RawRequest.postJson("/v1/messages", "[]"), 400, "bad_request")
                        .text())
                .contains("\"type\":\"error\"");
    }

    @Test
    void sendsNobodyAPathOfAnotherApi() throws IOException {
        try (ScriptedUpstream one = ScriptedUpstream.start(GOOD);
                ScriptedUpstream two = ScriptedUpstream.start(GOOD);
                TestedProxy proxy = TestedProxy.of("""
                    clusters:
                      - {name: a, dialect: openai, instances: [{url: "%s"}]}
                      - {name: b, dialect: anthropic, instances: [{url: "%s"}]}
                    routes:
                      - {match: {model: m}, cluster: a}
                      - {match: {model: both}, cluster: a, fallback: [b]}
                      - {match: {model: shared}, clusters: [{name: a, weight: 9}, {name: b, weight: 1}]}
                    """.formatted(one.url(), two.url()))) {
            Response refused = proxy.exchange(messages("m"));
            assertThat(refused.status()).isEqualTo(404);
            assertThat(refused.text()).contains("speak another API");
            assertThat(one.requests()).isEmpty();

            proxy.exchange(messages("both"));
            assertThat(one.requests()).isEmpty();
            assertThat(two.requests()).hasSize(1);
            proxy.exchange(chat());
            assertThat(one.requests()).hasSize(1);

            for (int i = 0; i < 10; i++) {
                assertThat(proxy.exchange(messages("shared")).status()).isEqualTo(200);
            }
            assertThat(one.requests()).hasSize(1);
        }
    }

    private static RawRequest messages(String model) {
        return RawRequest.postJson(
                "/v1/messages",
                "{\"model\":\"" + model + "\",\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
    }

    @ParameterizedTest
    @EnumSource
    void theConfigurationKnowsWhosePathItIs(Dialect dialect) {
        for (String path : List.of(
                "/v1/chat/completions",
                "/v1/completions",
                "/v1/embeddings",
                "/v1/responses",
                "/v1/responses/resp_1",
                "/v1/messages",
                "/v1/messages/count_tokens",
                "/v1/images",
                "/")) {
            if (Dialect.forPath(path) == dialect) {
                assertThat(ClusterDialect.ofPath(path).map(ClusterDialect::word).orElse("passthrough"))
                        .as(path)
                        .isEqualTo(dialect.family().name().toLowerCase(Locale.ROOT));
            }
        }
    }

    @Test
    void refusesABodyThatIsTooLarge() throws IOException {
        RawRequest large = RawRequest.postJson("/v1/chat/completions", "x".repeat(3000));
        Response response = refused(large, 413, "too_large", "limits: {request_body: 2KiB}");

        assertThat(response.header("connection")).hasValue("close");
    }

    @Test
    void refusesAHeadThatDoesNotComeAndAccountsForIt() throws IOException {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(GOOD);
                TestedProxy proxy = TestedProxy.before(upstream, "timeouts: {request_head: 300ms}");
                RawHttpClient client = proxy.client()) {
            assertThat(client.exchange(chat()).status()).isEqualTo(200);
            client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nX-Slow");

            Response response = client.readResponse();

            assertThat(response.status()).isEqualTo(408);
            assertThat(response.header("content-type")).hasValue("application/json");
            assertThat(response.header("connection")).hasValue("close");
            assertThat(response.text()).contains("\"request_timeout\"", "head did not arrive in time");
            assertThat(client.isClosedByPeerWithin(SOON)).isTrue();
            eventually(SOON, () -> assertThat(proxy.log()).hasSize(2));
            AccessEntry entry = proxy.log().getLast();
            assertThat(response.header("x-request-id")).hasValue("req_" + entry.id());
            assertThat(entry.requestId()).isEqualTo("req_" + entry.id());
            assertThat(entry.reason()).hasValue("bad_request");
            assertThat(entry.status()).isEqualTo(408);
            assertThat(entry.peer()).isEqualTo("127.0.0.1");
            assertThat(proxy.metrics().sum("penstock_rejected_total", "reason", "bad_request"))
                    .isEqualTo(1);
            assertThat(proxy.metrics().sum("penstock_requests_total", "code", "408"))
                    .isEqualTo(1);
            proxy.awaitQuiet();
        }
    }

    @Test
    void refusesABodyThatDoesNotCome() throws IOException {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(GOOD);
                TestedProxy proxy = TestedProxy.before(upstream, "timeouts: {request_body: 200ms}");
                RawHttpClient client = proxy.client()) {
            client.send(chat().headBytes());

            assertThat(client.readResponse().status()).isEqualTo(408);
            assertThat(upstream.requests()).isEmpty();
            proxy.awaitQuiet();
        }
    }

    @Test
    void forgetsAnUploadThatIsAbandoned() throws IOException {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(GOOD);
                TestedProxy proxy = TestedProxy.before(upstream)) {
            RawHttpClient client = proxy.client();
            client.send(chat().headBytes()).send("{\"mod".getBytes(UTF_8));
            client.reset();

            eventually(SOON, () -> assertThat(proxy.log()).hasSize(1));
            assertThat(upstream.requests()).isEmpty();
            proxy.awaitQuiet();
        }
    }

    @Test
    void refusesUnknownModelsAndPathsAndListsWhatThereIs() throws IOException {
        String yaml = """
            clusters:
              - {name: c, instances: [{name: one, url: "http://127.0.0.1:9"}]}
            routes:
              - {match: {path: /v1/chat/completions, model: known}, cluster: c}
            """;
        try (TestedProxy proxy = TestedProxy.of(yaml)) {
            Response unknown = proxy.exchange(chat());
            assertThat(unknown.status()).isEqualTo(404);
            assertThat(unknown.text()).contains("model_not_found");
            assertThat(proxy.exchange(RawRequest.get("/nowhere")).status()).isEqualTo(404);
            assertThat(proxy.exchange(RawRequest.get("/v1/models")).text()).contains("\"known\"");
            assertThat(proxy.exchange(RawRequest.get("/v1/models/known")).status())
                    .isEqualTo(200);
            assertThat(proxy.exchange(RawRequest.get("/v1/models/other")).status())
                    .isEqualTo(404);
            proxy.awaitQuiet();
        }
    }

    private static final String NARROW = """
        clusters:
          - {name: c, instances: [{name: one, url: "http://127.0.0.1:9"}]}
        routes:
          - {match: {path: /v1/chat/completions, headers: {x-tier: gold}, model: known}, cluster: c}
        """;

    /** Heads of requests that nobody can take whatever their body says, and what they are told. */
    private static List<Arguments> untaken() {
        return List.of(
                Arguments.of(chat().target("/nowhere"), 404, "unknown_path"),
                Arguments.of(chat(), 404, "unknown_headers"),
                Arguments.of(chat().header("x-tier", "lead"), 404, "unknown_headers"),
                Arguments.of(chat().method("PUT"), 405, "method_not_allowed"));
    }

    @ParameterizedTest
    @MethodSource("untaken")
    void refusesBeforeTheBodyWhatNoBodyCouldHelp(RawRequest request, int status, String code) throws IOException {
        try (TestedProxy proxy = TestedProxy.of(NARROW);
                RawHttpClient client = proxy.client()) {
            client.send(request.header("Expect", "100-continue").headBytes());

            Response response = client.readResponse();

            assertThat(response.interim()).isEmpty();
            assertThat(response.status()).isEqualTo(status);
            assertThat(response.text()).contains("\"" + code + "\"");
            assertThat(response.header("connection")).hasValue("close");
            assertThat(proxy.entry().reason()).hasValue("bad_request");
            assertThat(proxy.entry().consumer()).isEqualTo("127.0.0.1");
            assertThat(client.isClosedByPeerWithin(SOON)).isTrue();
            proxy.awaitQuiet();
        }
    }

    @ParameterizedTest
    @MethodSource("untaken")
    void keepsTheConnectionWhenTheBodyHasComeAlready(RawRequest request, int status) throws IOException {
        try (TestedProxy proxy = TestedProxy.of(NARROW);
                RawHttpClient client = proxy.client()) {
            for (int i = 0; i < 3; i++) {
                Response response = client.exchange(request);
                assertThat(response.status()).isEqualTo(status);
                assertThat(response.header("connection")).isEmpty();
            }
            assertThat(client.exchange(RawRequest.get("/v1/models")).text()).contains("known");
            proxy.awaitQuiet();
        }
    }

    @ParameterizedTest
    @CsvSource({"/nowhere, 404", "/v1/chat/completions, 413"})
    void tellsAClientThatIsStillSending(String path, int status) throws IOException {
        RawRequest large = chat().header("x-tier", "gold").target(path).withBody(new byte[16 << 20]);
        try (TestedProxy proxy = TestedProxy.of("stream: {limits: {request_body: 1MiB}}\n" + NARROW);
                RawHttpClient client = proxy.client()) {
            Response response = client.exchange(large);

            assertThat(response.status()).isEqualTo(status);
            assertThat(response.header("connection")).hasValue("close");
            proxy.awaitQuiet();
        }
    }

    @Test
    void saysWhenToComeBackWhenItIsFull() throws IOException {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.sse().silence());
                TestedProxy proxy = TestedProxy.of("""
                    worker: {max_streams: 1, queue: {max_waiting: 0}}
                    clusters:
                      - {name: c, instances: [{name: one, url: "%s"}]}
                    routes:
                      - {match: {model: "*"}, cluster: c}
                    """.formatted(upstream.url()));
                RawHttpClient holder = proxy.client()) {
            holder.send(chat());
            upstream.awaitExchanges(1, SOON);

            Response response = proxy.exchange(chat());

            assertThat(response.status()).isEqualTo(503);
            assertThat(Integer.parseInt(response.header("retry-after").orElseThrow()))
                    .isPositive();
            assertThat(Integer.parseInt(response.header("retry-after-ms").orElseThrow()))
                    .isPositive();
        }
    }

    @Test
    void freesAPlaceInTheQueueWhenItsClientLeaves() throws IOException {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.sse().silence());
                TestedProxy proxy = TestedProxy.of("""
                    worker: {max_streams: 1, queue: {max_waiting: 1, max_wait: 1h}}
                    clusters:
                      - {name: c, instances: [{name: one, url: "%s"}]}
                    routes:
                      - {match: {model: "*"}, cluster: c}
                    """.formatted(upstream.url()));
                RawHttpClient holder = proxy.client()) {
            holder.send(chat());
            upstream.awaitExchanges(1, SOON);
            RawHttpClient waiting = proxy.client();
            waiting.send(chat());
            eventually(
                    SOON,
                    () -> assertThat(proxy.metrics().sum("penstock_queue_depth"))
                            .isEqualTo(1));

            waiting.close();

            eventually(
                    SOON,
                    () -> assertThat(proxy.metrics().sum("penstock_queue_depth"))
                            .isZero());
            assertThat(proxy.entry().outcome()).isEqualTo("client_disconnect");
            assertThat(proxy.entry().attempts()).isZero();
        }
    }

    @Test
    void refusesAClientThatHasLeftWithoutAStir() throws IOException {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(GOOD);
                TestedProxy proxy = TestedProxy.before(upstream)) {
            for (int i = 0; i < 20; i++) {
                RawHttpClient client = proxy.client();
                client.send(RawRequest.postJson("/v1/chat/completions", "{"));
                client.reset();
            }
            eventually(
                    SOON,
                    () -> assertThat(proxy.metrics().sum("penstock_requests_in_flight"))
                            .isZero());
            assertThat(proxy.exchange(chat()).status()).isEqualTo(200);
            assertThat(proxy.log()).noneMatch(entry -> entry.outcome().equals("internal_error"));
            proxy.awaitQuiet();
        }
    }
}
