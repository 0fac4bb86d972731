// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.penstock.testing.Departure.How;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** The two ends of the laboratory against each other. Confined to one thread. */
final class RawHttpClientTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private static Response call(Script script) throws IOException {
        try (var upstream = ScriptedUpstream.start(script);
                var client = RawHttpClient.connect(upstream.port())) {
            return client.exchange(RawRequest.postJson("/v1/chat/completions", "{}"));
        }
    }

    @Test
    void readsAWholeChunkedStream() throws IOException {
        Response response = call(Script.stream(ProviderEvents.chat(3)));

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.end()).isEqualTo(BodyEnd.FINAL_CHUNK);
        assertThat(response.text()).isEqualTo(String.join("", ProviderEvents.chat(3)));
        assertThat(response.events().getLast()).isEqualTo(SseMessage.data("[DONE]"));
    }

    @Test
    void tellsABrokenChunkedBodyFromAFinishedOne() throws IOException {
        assertThat(call(Script.sse().event("data: 1\n\n").close()).end()).isEqualTo(BodyEnd.CUT);
        assertThat(call(Script.sse().event("data: 1\n\n").reset()).end()).isEqualTo(BodyEnd.RESET);
    }

    @Test
    void tellsAShortCountedBodyFromAWholeOne() throws IOException {
        Script half =
                Script.script().head(200, "content-length: 10").text("12345").close();

        assertThat(call(half).end()).isEqualTo(BodyEnd.CUT);
        assertThat(call(Script.json(200, "{}")).end()).isEqualTo(BodyEnd.COUNTED);
    }

    @Test
    void takesTheEndOfTheConnectionForTheEndOfAnUnframedBody() throws IOException {
        Response response =
                call(Script.script().headLine("HTTP/1.0 200 OK").text("abc").end());

        assertThat(response.end()).isEqualTo(BodyEnd.END_OF_CONNECTION);
        assertThat(response.text()).isEqualTo("abc");
    }

    @Test
    void skipsInterimHeads() throws IOException {
        Response response = call(Script.script()
                .raw("HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n")
                .then(Script.json(201, "[]")));

        assertThat(response.status()).isEqualTo(201);
        assertThat(response.interim()).hasSize(1);
    }

    @Test
    void keepsAConnectionForTheNextRequest() throws IOException {
        try (var upstream = ScriptedUpstream.start(Script.json(200, "{}"));
                var client = RawHttpClient.connect(upstream.port())) {
            client.exchange(RawRequest.postJson("/a", "{\"n\":1}"));
            client.exchange(RawRequest.postJson("/b", "{\"n\":2}"));

            assertThat(upstream.requests())
                    .extracting(RecordedRequest::path, RecordedRequest::bodyText, RecordedRequest::connection)
                    .containsExactly(tuple("/a", "{\"n\":1}", 1L), tuple("/b", "{\"n\":2}", 1L));
            assertThat(upstream.liveConnections()).isEqualTo(1);
            Eventually.eventually(
                    LIMIT, () -> assertThat(upstream.busyConnections()).isZero());
        }
    }

    @Test
    void decodesChunkedRequestsAndKeepsTheirRawBytes() throws IOException {
        try (var upstream = ScriptedUpstream.start(Script.json(200, "{}"));
                var client = RawHttpClient.connect(upstream.port())) {
            client.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
                    .readResponse();

            RecordedRequest request = upstream.awaitOnlyExchange().request();
            assertThat(request.bodyText()).isEqualTo("abc");
            assertThat(request.wireText()).endsWith("2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
        }
    }

    @Test
    void seesHowItsPeerLeftWhileItIsSilent() throws IOException {
        try (var upstream = ScriptedUpstream.start(Script.sse().silence())) {
            var first = RawHttpClient.connect(upstream.port());
            first.send(RawRequest.postJson("/", "{}")).readHead();
            first.close();
            assertThat(upstream.awaitOnlyExchange().awaitDeparture(LIMIT).how()).isEqualTo(How.FIN);

            upstream.forget();
            var second = RawHttpClient.connect(upstream.port());
            second.send(RawRequest.postJson("/", "{}")).readHead();
            second.reset();
            assertThat(upstream.awaitOnlyExchange().awaitDeparture(LIMIT).how()).isEqualTo(How.RESET);
            Eventually.eventually(
                    LIMIT, () -> assertThat(upstream.liveConnections()).isZero());
        }
    }

    @Test
    void countsLiveStreamsAndTheirHighWaterMark() throws Exception {
        var gate = new CountDownLatch(1);
        try (var upstream = ScriptedUpstream.start(Script.sse().gate(gate).end());
                var one = RawHttpClient.connect(upstream.port());
                var two = RawHttpClient.connect(upstream.port())) {
            one.send(RawRequest.postJson("/", "{}")).readHead();
            two.send(RawRequest.postJson("/", "{}")).readHead();
            assertThat(upstream.liveStreams()).isEqualTo(2);

            gate.countDown();
            one.readBody();
            two.readBody();
            Eventually.eventually(
                    LIMIT, () -> assertThat(upstream.liveStreams()).isZero());
            assertThat(upstream.liveStreamsHighWater()).isEqualTo(2);
        }
    }

    @Test
    void slowsDownForAReaderThatStops() throws Exception {
        String block = "data: " + "x".repeat(16 << 10) + "\n\n";
        try (var upstream = ScriptedUpstream.start(Script.sse().forever(i -> block, Duration.ZERO));
                var client = RawHttpClient.connect(upstream.port(), 16 << 10)) {
            client.send(RawRequest.postJson("/", "{}")).readHead();
            Exchange exchange = upstream.awaitOnlyExchange();
            long sent = Eventually.eventuallyGet(LIMIT, () -> {
                long before = exchange.bytesSent();
                Pause.ofMillis(100);
                assertThat(exchange.bytesSent()).isEqualTo(before).isPositive();
                return before;
            });

            assertThat(sent).isLessThan(16 << 20);
            client.reset();
            assertThat(exchange.awaitDeparture(LIMIT).how()).isEqualTo(How.RESET);
        }
    }

    @Test
    void recordsUploadsThatBreakOff() throws IOException {
        try (var upstream = ScriptedUpstream.start(Script.json(200, "{}"));
                var client = RawHttpClient.connect(upstream.port())) {
            client.send("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n12345");
            client.reset();

            Eventually.eventually(
                    LIMIT, () -> assertThat(upstream.abandonedRequests()).hasSize(1));
            assertThat(upstream.exchanges()).isEmpty();
        }
    }

    @Test
    void parsersAgreeOnOrdinaryStreamsOnly() {
        byte[] ordinary = String.join("", ProviderEvents.responses(2)).getBytes(UTF_8);
        byte[] withId = "id: 7\ndata: 1\n\n: heartbeat\n\ndata: 2\n\n".getBytes(UTF_8);
        byte[] safe = "id: 7\ndata: 1\n\n: heartbeat\ndata: 2\n\n".getBytes(UTF_8);

        assertThat(new StrictSse().decode(ordinary))
                .isEqualTo(new LenientSse().decode(ordinary))
                .isEqualTo(new PythonOpenAiSse().decode(ordinary))
                .hasSize(6);
        assertThat(new StrictSse().decode(withId)).hasSize(2);
        assertThat(new PythonOpenAiSse().decode(withId)).hasSize(3);
        assertThat(new PythonOpenAiSse().decode(safe)).hasSize(2);
    }

    @Test
    void parsesAnExpositionAndItsGrowth() {
        Metrics before = Metrics.parse("# HELP a b\na_total{x=\"1\",} 2.0\na_total{x=\"2\"} 1\n");
        Metrics after = Metrics.parse("a_total{x=\"1\",} 5.0\na_total{x=\"2\"} 1\nb +Inf\n");

        assertThat(after.growth(before, "a_total", "x")).isEqualTo(Map.of("1", 3L));
        assertThat(after.sum("a_total")).isEqualTo(6);
        assertThat(after.sum("a_total", "x", "2")).isEqualTo(1);
        assertThat(List.of(after.has("b"), after.has("c"))).containsExactly(true, false);
    }
}
