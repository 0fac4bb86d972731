// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.penstock.testing.Patience;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.RecordedRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import dev.penstock.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The behaviour page says what the running proxy does. Confined to one thread per test. */
final class BehaviourPageIT {
    /** A route for each thing that can go wrong, chosen by the model's name. */
    private static final String CONFIG = """
        listen: "${LAB_LISTEN}"
        admin: "${LAB_ADMIN}"
        worker: {max_streams: 2, max_streams_per_consumer: 1, queue: {max_waiting: 1, max_wait: 1s}}
        consumer: {header: x-lab-consumer}
        stream:
          timeouts: {request_head: 1s, request_body: 1s, first_byte: 30s, idle: 30s, total: 60s}
          limits: {request_body: 64KiB}
        clusters:
          - &up
            name: up
            health: {passive: off}
            retry: {attempts: 1}
            instances: [{name: one, url: "${UPSTREAM}"}]
          - {name: narrow, instances: [{name: one, url: "${UPSTREAM}", max_streams: 1}]}
          - {name: off, instances: [{name: one, url: "${UPSTREAM}", weight: 0}]}
          - {name: dead, health: {passive: off}, retry: {attempts: 1}, instances: [{name: one, url: "http://127.0.0.1:1"}]}
        routes:
          - {match: {path: "/v1/*", model: first-byte}, cluster: up, stream: {timeouts: {first_byte: 500ms}}}
          - {match: {path: "/v1/*", model: idle}, cluster: up, stream: {timeouts: {idle: 500ms}}}
          - {match: {path: "/v1/*", model: total}, cluster: up, stream: {timeouts: {total: 500ms}}}
          - {match: {path: "/v1/*", model: large}, cluster: up, stream: {limits: {event: 1KiB}}}
          - {match: {path: "/v1/*", model: large-body}, cluster: up, stream: {limits: {response: 1KiB}}}
          - {match: {path: "/v1/*", model: "narrow*"}, cluster: narrow}
          - {match: {path: "/v1/*", model: unusable}, cluster: off}
          - {match: {path: "/v1/*", model: unreachable}, cluster: dead}
          - {match: {path: "/v1/*", model: "m-*"}, cluster: up, models: [m-1]}
        """;

    private static final BehaviourPage PAGE = BehaviourPage.read();

    @SuppressWarnings("NullAway.Init") // Set before the first test.
    private static ScriptedUpstream upstream;

    @SuppressWarnings("NullAway.Init") // Set before the first test.
    private static PackagedProxy proxy;

    @BeforeAll
    static void start() throws IOException {
        upstream = ScriptedUpstream.start(BehaviourPageIT::script);
        Path config = Files.writeString(Distribution.work("behaviour").resolve("penstock.yaml"), CONFIG);
        proxy = PackagedProxy.start(config, Map.of("UPSTREAM", upstream.url()));
    }

    @AfterAll
    static void stop() {
        proxy.close();
        upstream.close();
    }

    private static Script script(RecordedRequest request) {
        if (request.mentions("\"m-cut\"")) {
            return Script.stream(protocol(request).opening(2));
        }
        if (request.mentions("\"idle\"")) {
            return Script.sse().text("data: {").silence();
        }
        if (request.mentions("\"large\"")) {
            return Script.stream(List.of(ProviderEvents.chatDelta("x".repeat(5000))));
        }
        if (request.mentions("\"large-body\"")) {
            return Script.json(200, "{\"text\":\"" + "x".repeat(5000) + "\"}");
        }
        if (request.mentions("\"first-byte\"") || request.mentions("\"total\"") || request.mentions("hold\"")) {
            return Script.script().silence();
        }
        return failing(request);
    }

    private static Script failing(RecordedRequest request) {
        if (request.mentions("\"m-drop\"")) {
            return Script.script().close();
        }
        if (request.mentions("\"m-auth\"")) {
            return Script.json(401, "{}");
        }
        if (request.mentions("\"m-moved\"")) {
            return Script.json(307, "{}", "location: http://127.0.0.1:1/");
        }
        if (request.mentions("\"m-brotli\"")) {
            return Script.sse("content-encoding: br").end();
        }
        return request.mentions("\"m-empty\"") ? Script.sse().end() : Script.stream(protocol(request).stream(2));
    }

    private static Protocol protocol(RecordedRequest request) {
        return switch (request.path()) {
            case Calls.RESPONSES -> Protocol.RESPONSES;
            case Calls.MESSAGES -> Protocol.MESSAGES;
            default -> Protocol.CHAT;
        };
    }

    private static RawRequest chat(String model) {
        return Calls.chat(model).consumer("consumer-of-" + model);
    }

    private static Response call(RawRequest request) throws IOException {
        try (var client = RawHttpClient.connect(proxy.port())) {
            return client.exchange(request);
        }
    }

    @Test
    @DisplayName("every outcome and every reason has its place on the page")
    void everyWordHasItsPlace() {
        assertThat(PAGE.outcomes()).isEqualTo(words("penstock_streams_total", "outcome"));
        assertThat(PAGE.reasons()).isEqualTo(words("penstock_rejected_total", "reason"));
    }

    private static Set<String> words(String metric, String label) {
        return proxy.metrics().by(metric, label).keySet();
    }

    // ---- refusals

    @Test
    @DisplayName("what cannot be accepted is refused as the page says")
    void refusesWhatCannotBeAccepted() throws IOException {
        assertRefused(call(chat("nope")), "unknown_model");
        assertRefused(call(RawRequest.postJson("/elsewhere", "{}")), "bad_request");
        assertRefused(call(RawRequest.get(Calls.CHAT)), "bad_request");
        assertRefused(call(RawRequest.of("POST", Calls.CHAT).withBody(new byte[] {'{', '}'})), "bad_request");
        assertRefused(call(chat("m-1").withBody(new byte[100_000])), "too_large");
        assertRefused(call(chat("unusable")), "no_healthy_instance");
        Response broken = call(RawRequest.postJson(Calls.CHAT, "{\"model\":1,\"messages\":[]}"));
        assertThat(broken.status()).isEqualTo(400);
        assertThat(error(broken).path("code").asText()).isEqualTo("bad_request");
        assertThat(error(broken).path("param").asText()).isEqualTo("model");
    }

    @Test
    @DisplayName("a head that does not come is refused as the page says")
    void refusesASlowHead() throws IOException {
        try (var client = RawHttpClient.connect(proxy.port())) {
            client.send("POST " + Calls.CHAT + " HTTP/1.1\r\nHost: x\r\n");

            assertRefused(client.readResponse(), "bad_request");
        }
    }

    @Test
    @DisplayName("a body that does not come is refused as the page says")
    void refusesASlowBody() throws IOException {
        try (var client = RawHttpClient.connect(proxy.port())) {
            client.send(chat("m-1").headBytes());

            assertRefused(client.readResponse(), "bad_request");
        }
    }

    @Test
    @DisplayName("what is beyond a cap is refused as the page says")
    void refusesWhatIsBeyondACap() throws IOException {
        awaitActive(0);
        try (var first = held("m-hold", "a");
                var second = held("narrow-hold", "b")) {
            assertRefused(call(Calls.chat("m-1").consumer("a")), "consumer_cap");
            first.reset();
            awaitActive(1);
            assertRefused(call(Calls.chat("narrow-1").consumer("c")), "instance_cap");
            try (var third = held("m-hold", "d");
                    var waiting = RawHttpClient.connect(proxy.port())) {
                waiting.send(Calls.chat("m-1").consumer("e"));
                eventually(
                        Patience.seconds(5),
                        () -> assertThat(proxy.metrics().sum("penstock_queue_depth"))
                                .isEqualTo(1));
                assertRefused(call(Calls.chat("m-1").consumer("f")), "queue_full");
                assertRefused(waiting.readResponse(), "queue_timeout");
                third.reset();
            }
            second.reset();
        }
        awaitActive(0);
    }

    private static RawHttpClient held(String model, String consumer) throws IOException {
        double before = proxy.metrics().sum("penstock_streams_active");
        var client = RawHttpClient.connect(proxy.port()).send(Calls.chat(model).consumer(consumer));
        awaitActive(before + 1);
        return client;
    }

    private static void awaitActive(double count) {
        eventually(
                Patience.seconds(5),
                () -> assertThat(proxy.metrics().sum("penstock_streams_active")).isEqualTo(count));
    }

    @Test
    @Lab({"LAB_QUEUE_LENGTH=0", "LAB_CAP_WORKER=2", "LAB_CAP_ROUTE=1"})
    @DisplayName("full routes and workers without a queue refuse as the page says")
    void refusesWithoutAQueue(Laboratory lab) throws IOException {
        lab.play(Script.script().silence());
        try (var first = lab.connect();
                var second = lab.connect()) {
            first.send(Calls.chat());
            lab.upstream().awaitExchanges(1, Patience.seconds(5));
            assertRefusal(lab.call(Calls.chat()), "route_cap");
            second.send(Calls.chat("b-model"));
            lab.upstream().awaitExchanges(2, Patience.seconds(5));
            assertRefusal(lab.call(Calls.chat()), "worker_cap");
        }
    }

    private static void assertRefused(Response response, String reason) {
        assertRefusal(response, reason);
        assertLogged(response, "\"reason\":\"" + reason + "\"");
    }

    private static void assertRefusal(Response response, String reason) {
        JsonNode error = error(response);
        String message = error.path("message").asText();
        var row = PAGE.refusals().stream()
                .filter(r -> r.reason().equals(reason) && r.answer().status() == response.status() && r.says(message))
                .findFirst()
                .orElseThrow(() -> new AssertionError("not on the page as " + reason + ": " + response));
        assertThat(error.path("code").asText()).isEqualTo(row.answer().code());
        assertThat(error.path("type").asText()).isEqualTo(PAGE.errorType(response.status(), false));
        assertThat(response.header("retry-after").isPresent())
                .as("%s", response)
                .isEqualTo(row.retryAfter());
        assertThat(response.header("retry-after-ms").isPresent()).isEqualTo(row.retryAfter());
        assertThat(response.header("connection").isPresent()).as("%s", response).isEqualTo(row.closed());
    }

    // ---- failures

    @ParameterizedTest
    @CsvSource({
        "m-drop, upstream_error",
        "m-auth, upstream_error",
        "m-moved, upstream_error",
        "m-brotli, upstream_error",
        "m-empty, upstream_truncated",
        "unreachable, connect_failed",
        "first-byte, first_byte_timeout",
        "idle, idle_timeout",
        "total, max_duration"
    })
    @DisplayName("what fails before the commit is answered as the page says")
    void answersFailures(String model, String outcome) throws IOException {
        assertFailed(call(chat(model)), outcome);
    }

    @Test
    @DisplayName("a body beyond the limit is answered as the page says")
    void answersBodiesThatAreTooLarge() throws IOException {
        Response response = call(chat("large-body"));

        assertThat(response.status()).isEqualTo(502);
        assertThat(PAGE.text()).contains("**502** `limit_exceeded`");
        assertTooLarge(error(response), "1024 bytes", "LIMIT bytes");
    }

    @Test
    @DisplayName("a stream with an event beyond the limit ends as the page says")
    void endsStreamsWithEventsThatAreTooLarge() throws IOException {
        Response response = call(chat("large"));

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.end().isAbortive()).isTrue();
        String event = response.text().strip();
        assertThat(event).startsWith("data: ");
        assertTooLarge(Protocol.json(event.substring("data: ".length())).path("error"), "1024", "8388608");
    }

    private static void assertTooLarge(JsonNode error, String limit, String onThePage) {
        assertThat(error.path("code").asText()).isEqualTo("limit_exceeded");
        assertThat(PAGE.text()).contains(error.path("message").asText().replace(limit, onThePage));
    }

    @Test
    @DisplayName("a stream that an operator ends is answered as the page says")
    void answersWhatAnOperatorEnds() throws IOException {
        awaitActive(0);
        try (var client = held("m-hold", "operated")) {
            String id = Protocol.json(proxy.admin("/streams").text())
                    .path("streams")
                    .path(0)
                    .path("id")
                    .asText();

            assertThat(proxy.admin(RawRequest.of("DELETE", "/streams/" + id)).status())
                    .isEqualTo(202);

            assertFailed(client.readResponse(), "shutdown");
        }
    }

    private static void assertFailed(Response response, String outcome) {
        JsonNode error = error(response);
        var answer = new BehaviourPage.Answer(
                response.status(),
                error.path("code").asText(),
                error.path("message").asText());
        assertThat(PAGE.failures()).contains(answer);
        assertThat(answer.code()).isEqualTo(outcome);
        assertThat(error.path("type").asText()).isEqualTo(PAGE.errorType(response.status(), false));
        assertLogged(response, "\"outcome\":\"" + outcome + "\"");
    }

    /** The id of the answer leads to the line of the log. */
    private static void assertLogged(Response response, String word) {
        String id = response.header("x-request-id").orElse("").substring("req_".length());
        eventually(
                Patience.seconds(5),
                () -> assertThat(proxy.process().stdout())
                        .anyMatch(line -> line.contains("\"id\":\"" + id + "\"") && line.contains(word)));
    }

    @ParameterizedTest
    @CsvSource({"nope, 404", "unusable, 503", "first-byte, 504", "m-drop, 502"})
    @DisplayName("Anthropic's clients get Anthropic's error types")
    void answersInAnthropicsStyle(String model, int status) throws IOException {
        Response response = call(
                RawRequest.postJson(Calls.MESSAGES, "{\"model\":\"" + model + "\",\"max_tokens\":1,\"messages\":[]}"));

        assertThat(response.status()).isEqualTo(status);
        assertThat(error(response).path("type").asText()).isEqualTo(PAGE.errorType(status, true));
        assertThat(Protocol.json(response.text()).path("request_id").asText())
                .isEqualTo(response.header("x-request-id").orElse(""));
    }

    @Test
    @DisplayName("the error bodies on the page are those that clients get")
    void showsErrorBodies() throws IOException {
        assertOnPage(call(chat("nope")));
        assertOnPage(call(RawRequest.postJson(Calls.MESSAGES, "{\"model\":\"nope\",\"messages\":[]}")));
    }

    private static void assertOnPage(Response response) {
        assertThat(PAGE.text()).contains(normalised(response.text()));
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a cut stream ends with the error event on the page, and abortively")
    void showsErrorEvents(Protocol protocol) throws IOException {
        RawRequest request = protocol.request();
        byte[] body = new String(request.bytes(), UTF_8)
                .split("\r\n\r\n", 2)[1]
                .replace("lab-model", "m-cut")
                .getBytes(UTF_8);

        Response response = call(request.withBody(body));

        String intact = String.join("", protocol.opening(2));
        protocol.assertCut(response, intact);
        assertThat(PAGE.text())
                .contains(normalised(response.text().substring(intact.length())).strip());
        assertLogged(response, "\"outcome\":\"upstream_truncated\"");
    }

    private static String normalised(String text) {
        return text.replaceAll("req_[0-9a-z-]+", "req_ID").replaceAll("(\"sequence_number\":)\\d+", "$1N");
    }

    private static JsonNode error(Response response) {
        return Protocol.json(response.text()).path("error");
    }

    // ---- headers

    @Test
    @DisplayName("the header lines that the page names go on to the model server, and the others do not")
    void passesOnTheHeadersOfThePage() throws IOException {
        var passed = new ArrayList<>(PAGE.quotedBetween("Towards the model server only", "and everything that begins"));
        PAGE.quotedBetween("and everything that begins", "- The client's credentials")
                .forEach(family -> passed.add(family + "of-this-family"));
        passed.removeAll(List.of("content-type", "x-request-id"));
        Set<String> kept = PAGE.quotedBetween("The client's credentials", "the query parameters");
        RawRequest request = chat("m-headers");
        for (String name : passed) {
            request = request.header(name, "passed");
        }
        for (String name : kept) {
            request = request.header(name, "kept");
        }
        upstream.forget();

        assertThat(call(request.header("x-unheard-of", "kept")).status()).isEqualTo(200);

        RecordedRequest received = upstream.awaitOnlyExchange().request();
        passed.forEach(name -> assertThat(received.header(name)).as(name).contains("passed"));
        assertThat(received.wireText()).doesNotContain("kept");
    }

    @Test
    @DisplayName("the header lines of an answer that the page names do not reach the client, and others do")
    void keepsTheHeadersOfThePage() throws IOException {
        var kept = new ArrayList<>(PAGE.quotedBetween("Towards the client everything", "A stream gets"));
        kept.removeAll(List.of("connection", "transfer-encoding", "content-length", "x-accel-buffering", "date"));
        upstream.play(request -> Script.json(
                200, "{}", kept.stream().map(name -> name + ": kept-here").toArray(String[]::new)));
        try {
            Response response = call(Calls.chatJson("m-1").consumer("headers"));

            assertThat(response.status()).isEqualTo(200);
            kept.forEach(name -> assertThat(response.header(name)).as(name).isEmpty());
        } finally {
            upstream.play(BehaviourPageIT::script);
        }
    }
}
