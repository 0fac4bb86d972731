// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.mock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MockServerTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String CHAT = "/v1/chat/completions";
    private static final String STREAMED = "{\"model\":\"m\",\"stream\":true,\"messages\":[]}";

    private final BlockingQueue<String> log = new LinkedBlockingQueue<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private MockServer server;

    @BeforeEach
    void start() throws IOException {
        MockSettings settings = new MockSettings(3, Duration.ZERO, Duration.ZERO, 0, Fault.NONE, OptionalInt.empty());
        server = MockServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), settings, log::add);
    }

    @AfterEach
    void stop() {
        server.close();
        client.close();
    }

    @Test
    void streamsAChatCompletionWithRolePiecesFinishAndDone() throws Exception {
        List<JsonNode> chunks = chunks(post(CHAT, STREAMED));

        assertThat(chunks.getFirst().at("/choices/0/delta/role").asText()).isEqualTo("assistant");
        assertThat(chunks).extracting(chunk -> chunk.at("/object").asText()).containsOnly("chat.completion.chunk");
        assertThat(text(chunks, "/choices/0/delta/content")).isEqualTo("A penstock is ");
        assertThat(chunks.getLast().at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(chunks).noneMatch(chunk -> chunk.has("usage"));
    }

    @Test
    void endsAChatStreamWithUsageOnlyWhenAsked() throws Exception {
        String body = "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true}}";

        List<JsonNode> chunks = chunks(post(CHAT, body));

        assertThat(chunks.getLast().at("/choices")).isEmpty();
        assertThat(chunks.getLast().at("/usage/completion_tokens").asInt()).isEqualTo(3);
        assertThat(chunks.getFirst().get("usage").isNull()).isTrue();
    }

    @Test
    void givesAWholeChatCompletion() throws Exception {
        JsonNode whole = MAPPER.readTree(post(CHAT, "{\"model\":\"m\"}").body());

        assertThat(whole.at("/choices/0/message/content").asText()).isEqualTo("A penstock is ");
        assertThat(whole.at("/model").asText()).isEqualTo("m");
        assertThat(whole.at("/usage/total_tokens").asInt()).isGreaterThan(3);
    }

    @Test
    void streamsAResponseWithNumberedNamedEvents() throws Exception {
        List<JsonNode> events = chunks(post("/v1/responses", STREAMED));

        assertThat(events)
                .extracting(event -> event.at("/type").asText())
                .startsWith("response.created", "response.in_progress", "response.output_item.added")
                .endsWith("response.output_item.done", "response.completed");
        assertThat(events)
                .extracting(event -> event.at("/sequence_number").asInt())
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(text(events, "/delta")).isEqualTo("A penstock is ");
        assertThat(events.getLast().at("/response/output/0/content/0/text").asText())
                .isEqualTo("A penstock is ");
        assertThat(events.getLast().at("/response/usage/output_tokens").asInt()).isEqualTo(3);
    }

    @Test
    void streamsAnAnthropicMessageFromStartToStop() throws Exception {
        HttpResponse<String> response = post("/v1/messages", STREAMED);
        List<JsonNode> events = chunks(response);

        assertThat(events)
                .extracting(event -> event.at("/type").asText())
                .startsWith("message_start", "content_block_start", "ping", "content_block_delta")
                .endsWith("content_block_stop", "message_delta", "message_stop");
        assertThat(response.body()).contains("event: message_stop\ndata: ");
        assertThat(text(events, "/delta/text")).isEqualTo("A penstock is ");
    }

    @Test
    void streamsALegacyCompletion() throws Exception {
        List<JsonNode> chunks = chunks(post("/v1/completions", STREAMED));

        assertThat(text(chunks, "/choices/0/text")).isEqualTo("A penstock is ");
        assertThat(chunks.getLast().at("/choices/0/finish_reason").asText()).isEqualTo("stop");
    }

    @Test
    void embedsEveryInputAsNumbersOrPacked() throws Exception {
        String body = "{\"model\":\"m\",\"input\":[\"a\",\"b\"],\"dimensions\":4%s}";

        JsonNode numbers =
                MAPPER.readTree(post("/v1/embeddings", body.formatted("")).body());
        JsonNode packed = MAPPER.readTree(post("/v1/embeddings", body.formatted(",\"encoding_format\":\"base64\""))
                .body());

        assertThat(numbers.at("/data")).hasSize(2);
        assertThat(numbers.at("/data/1/embedding")).hasSize(4);
        assertThat(packed.at("/data/0/embedding").binaryValue()).hasSize(16);
    }

    @Test
    void countsTokens() throws Exception {
        String body = post("/v1/messages/count_tokens", "{\"model\":\"m\",\"messages\":[]}")
                .body();

        assertThat(MAPPER.readTree(body).at("/input_tokens").asInt()).isPositive();
    }

    @Test
    void listsModelsInTheShapeOfTheFamilyThatAsks() throws Exception {
        JsonNode openAi = MAPPER.readTree(get("/v1/models").body());
        JsonNode anthropic = MAPPER.readTree(
                get("/v1/models?limit=1000", "anthropic-version", "2023-06-01").body());

        assertThat(openAi.at("/data/0/object").asText()).isEqualTo("model");
        assertThat(anthropic.at("/data/0/type").asText()).isEqualTo("model");
        assertThat(anthropic.at("/has_more").asBoolean(true)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"/health,200", "/v1/models/any,200", "/v1/nothing,404"})
    void answersPlainPages(String path, int status) throws Exception {
        assertThat(get(path).statusCode()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completions,429,/error/code,rate_limit_exceeded",
        "/v1/chat/completions,500,/error/type,server_error",
        "/v1/messages,429,/error/type,rate_limit_error",
        "/v1/messages,500,/error/type,api_error"
    })
    void refusesInTheApisOwnWords(String path, int status, String where, String word) throws Exception {
        HttpResponse<String> response = post(path, STREAMED, "x-mock-fault", "" + status);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(MAPPER.readTree(response.body()).at(where).asText()).isEqualTo(word);
        assertThat(response.headers().firstValue("retry-after").isPresent()).isEqualTo(status == 429);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"messages\":[]}", "[]", "no json", ""})
    void refusesABodyWithoutAModel(String body) throws Exception {
        assertThat(post(CHAT, body).statusCode()).isEqualTo(400);
    }

    @Test
    void refusesAHeaderItCannotRead() throws Exception {
        HttpResponse<String> response = post(CHAT, STREAMED, "x-mock-interval", "soon");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("'soon' is not a duration");
    }

    @Test
    void takesEventsAndPayloadFromHeaders() throws Exception {
        List<JsonNode> chunks = chunks(post(CHAT, STREAMED, "x-mock-events", "5", "X-Mock-Payload", "100B"));

        assertThat(text(chunks, "/choices/0/delta/content")).hasSize(500);
    }

    @ParameterizedTest
    @CsvSource({"/v1/chat/completions,[DONE]", "/v1/messages,message_stop", "/v1/responses,response.completed"})
    void leavesOutOnlyTheTerminalEvent(String path, String terminal) throws Exception {
        String whole = post(path, STREAMED).body();
        String cut = post(path, STREAMED, "x-mock-fault", "no-terminal").body();

        assertThat(whole).contains(terminal);
        assertThat(cut).contains("stock").doesNotContain(terminal);
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completions,'data: {\"error\":'",
        "/v1/responses,'event: error'",
        "/v1/messages,'event: error'"
    })
    void sendsTheApisErrorEvent(String path, String marker) throws Exception {
        String body = post(path, STREAMED, "x-mock-fault", "error-event", "x-mock-fault-after", "1")
                .body();

        assertThat(body).contains(marker).contains("mock fault").doesNotContain("penstock ");
    }

    @Test
    void cutsWithoutTheFinalChunk() throws Exception {
        try (RawExchange exchange = new RawExchange(server.address())) {
            String answer = exchange.post(CHAT, STREAMED, "x-mock-fault: cut", "x-mock-fault-after: 2")
                    .readToEnd();

            assertThat(answer)
                    .contains("penstock ")
                    .doesNotContain("\r\n0\r\n\r\n")
                    .doesNotContain("\"is \"");
        }
    }

    @Test
    void resetsTheConnection() throws Exception {
        try (RawExchange exchange = new RawExchange(server.address())) {
            exchange.post(CHAT, STREAMED, "x-mock-fault: reset");

            assertThatThrownBy(exchange::readToEnd).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void cutsAWholeAnswerInTheMiddleOfItsBody() throws Exception {
        try (RawExchange exchange = new RawExchange(server.address())) {
            String answer = exchange.post(CHAT, "{\"model\":\"m\"}", "x-mock-fault: cut")
                    .readToEnd();
            int length = Integer.parseInt(answer.replaceAll("(?s).*Content-Length: (\\d+).*", "$1"));

            assertThat(answer.substring(answer.indexOf("\r\n\r\n") + 4)).hasSize(length / 2);
        }
    }

    @Test
    void stallsUntilTheClientLeavesAndNoticesAtOnce() throws Exception {
        RawExchange exchange = new RawExchange(server.address());
        exchange.post(CHAT, STREAMED, "x-mock-fault: stall", "x-mock-fault-after: 1")
                .readTo("\"A \"");
        assertThat(server.openConnections()).isEqualTo(1);
        exchange.close();

        assertThat(log.poll(10, TimeUnit.SECONDS)).contains("client");
    }

    @Test
    void stopsAPacedStreamWhenTheClientLeaves() throws Exception {
        RawExchange exchange = new RawExchange(server.address());
        exchange.post(CHAT, STREAMED, "x-mock-interval: 1h").readTo("\"A \"");
        exchange.close();

        assertThat(log.poll(10, TimeUnit.SECONDS)).contains("client");
    }

    @Test
    void keepsAConnectionAndARequestThatCameEarly() throws Exception {
        try (RawExchange exchange = new RawExchange(server.address())) {
            exchange.post(CHAT, STREAMED, "x-mock-interval: 50ms")
                    .raw("GET /health HTTP/1.1\r\nHost: mock\r\nConnection: close\r\n\r\n");

            assertThat(exchange.readToEnd())
                    .contains("\r\n0\r\n\r\nHTTP/1.1 200 OK")
                    .endsWith("{\"status\":\"ok\"}");
        }
    }

    @Test
    void readsAChunkedBodyAfterAContinue() throws Exception {
        try (RawExchange exchange = new RawExchange(server.address())) {
            String start = "POST /v1/chat/completions HTTP/1.1";
            exchange.raw(String.join(
                    "\r\n", start, "Expect: 100-continue", "Connection: close", "Transfer-Encoding: chunked", "\r\n"));
            assertThat(exchange.readTo("\r\n\r\n")).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            exchange.raw("5\r\n{\"mod\r\n8;x=y\r\nel\":\"m\"}\r\n0\r\n\r\n");

            assertThat(exchange.readToEnd()).contains("A penstock is ");
        }
    }

    @Test
    void givesHttp10ClientsAStreamWithoutChunks() throws Exception {
        try (RawExchange exchange = new RawExchange(server.address())) {
            exchange.raw("POST /v1/chat/completions HTTP/1.0\r\nContent-Length: " + STREAMED.length() + "\r\n\r\n"
                    + STREAMED);

            assertThat(exchange.readToEnd()).doesNotContain("chunked").endsWith("data: [DONE]\n\n");
        }
    }

    @Test
    void waitsBeforeTheHead() throws Exception {
        try (RawExchange exchange = new RawExchange(server.address())) {
            exchange.post(CHAT, STREAMED, "x-mock-first-byte-delay: 1h");
            exchange.patience(100);

            assertThatThrownBy(exchange::readToEnd).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void reportsEachAnswerInOneLine() throws Exception {
        post(CHAT, STREAMED);

        assertThat(log.poll(10, TimeUnit.SECONDS)).isEqualTo("POST /v1/chat/completions 200 complete");
    }

    private HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.ofString(body)), headers);
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)), headers);
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String... headers) throws Exception {
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.timeout(Duration.ofSeconds(10)).build(), BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    }

    private static List<JsonNode> chunks(HttpResponse<String> response) throws IOException {
        assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream; charset=utf-8");
        List<JsonNode> chunks = new ArrayList<>();
        for (String line : response.body().lines().toList()) {
            if (line.startsWith("data: {")) {
                chunks.add(MAPPER.readTree(line.substring(6)));
            }
        }
        return chunks;
    }

    private static String text(List<JsonNode> chunks, String where) {
        StringBuilder text = new StringBuilder();
        chunks.stream()
                .map(chunk -> chunk.at(where))
                .filter(JsonNode::isTextual)
                .forEach(piece -> text.append(piece.asText()));
        return text.toString();
    }
}
