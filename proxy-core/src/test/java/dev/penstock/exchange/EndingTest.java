// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import static dev.penstock.exchange.TestedProxy.SOON;
import static dev.penstock.exchange.TestedProxy.chat;
import static dev.penstock.exchange.TestedProxy.plainChat;
import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import dev.penstock.testing.ScriptedUpstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way a stream can end: what the client sees, which outcome is recorded, and that nothing is left behind. */
class EndingTest {
    private static final List<String> DELTAS = ProviderEvents.chatDeltas(3);
    private static final String THREE = String.join("", DELTAS);
    private static final String ERROR = "data: {\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\"}}\n\n";
    private static final String DONE = ProviderEvents.chatDone();

    private static Response ends(Script script, String outcome, String... settings) throws IOException {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(script);
                TestedProxy proxy = TestedProxy.before(upstream, settings)) {
            Response response = proxy.exchange(chat());
            assertThat(proxy.outcome()).isEqualTo(outcome);
            proxy.awaitQuiet();
            eventually(SOON, () -> assertThat(upstream.busyConnections()).isZero());
            assertThat(proxy.metrics().sum("penstock_streams_total", "outcome", outcome))
                    .isEqualTo(1);
            assertThat(proxy.metrics().sum("penstock_streams_total")).isEqualTo(1);
            return response;
        }
    }

    private static void assertBrokenOff(Response response, String code) {
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.text()).startsWith(THREE).doesNotContain("[DONE]");
        assertThat(response.text().substring(THREE.length()))
                .startsWith("data: {\"error\":")
                .contains(code);
        assertThat(response.text().split("\"error\"", -1)).hasSize(2);
        assertThat(response.end().isAbortive()).isTrue();
    }

    @Test
    void completes() throws IOException {
        Response response = ends(Script.stream(ProviderEvents.chat(3)), "completed");

        assertThat(response.text()).isEqualTo(String.join("", ProviderEvents.chat(3)));
        assertThat(response.end().isClean()).isTrue();
        assertThat(response.header("x-accel-buffering")).hasValue("no");
    }

    @Test
    void breaksOffWhenTheTerminalEventIsMissing() throws IOException {
        assertBrokenOff(ends(Script.sse().events(DELTAS).end(), "upstream_truncated"), "upstream_truncated");
    }

    @Test
    void breaksOffWhenTheUpstreamCutsAnEvent() throws IOException {
        assertBrokenOff(
                ends(Script.sse().events(DELTAS).text("data: {\"choi").close(), "upstream_truncated"),
                "upstream_truncated");
    }

    @Test
    void breaksOffWhenAnOldUpstreamJustCloses() throws IOException {
        Script old = Script.script()
                .headLine("HTTP/1.0 200 OK", "content-type: text/event-stream")
                .events(DELTAS)
                .close();
        assertBrokenOff(ends(old, "upstream_truncated"), "upstream_truncated");
    }

    @Test
    void breaksOffWhenTheUpstreamResets() throws IOException {
        Script reset = Script.sse().events(DELTAS).pause(Duration.ofMillis(200)).reset();
        assertBrokenOff(ends(reset, "upstream_error"), "upstream_error");
    }

    @Test
    void relaysAnErrorEventOnceAndEndsAbortively() throws IOException {
        Response response = ends(Script.sse().events(DELTAS).event(ERROR).end(), "upstream_error");

        assertThat(response.text()).isEqualTo(THREE + ERROR);
        assertThat(response.end().isAbortive()).isTrue();
    }

    @Test
    void addsNoSecondErrorWhenTheUpstreamResetsAfterItsOwn() throws IOException {
        Script script = Script.sse()
                .events(DELTAS)
                .event(ERROR)
                .pause(Duration.ofMillis(200))
                .reset();
        Response response = ends(script, "upstream_error");

        assertThat(response.text()).isEqualTo(THREE + ERROR);
        assertThat(response.end().isAbortive()).isTrue();
    }

    @Test
    void recordsAnErrorEventAlsoWhenTheStreamIsThenEndedProperly() throws IOException {
        Response response =
                ends(Script.sse().events(DELTAS).event(ERROR).event(DONE).end(), "upstream_error");

        assertThat(response.text()).isEqualTo(THREE + ERROR + DONE);
        assertThat(response.end().isClean()).isTrue();
    }

    @Test
    void completesWhenTheUpstreamBreaksAfterTheTerminalEvent() throws IOException {
        Script script = Script.sse()
                .events(DELTAS)
                .event(DONE)
                .pause(Duration.ofMillis(100))
                .reset();
        Response response = ends(script, "completed");

        assertThat(response.text()).isEqualTo(THREE + DONE);
        assertThat(response.end().isClean()).isTrue();
    }

    @Test
    void completesWhenTheUpstreamNeverEndsItsFraming() throws IOException {
        Response response = ends(Script.sse().events(DELTAS).event(DONE).silence(), "completed");

        assertThat(response.end().isClean()).isTrue();
    }

    @Test
    void completesWhenTheUpstreamGoesOnForEverAfterTheTerminalEvent() throws IOException {
        Script script = Script.sse().events(DELTAS).event(DONE).forever(i -> ": " + i + "\n\n", Duration.ofMillis(20));
        Response response = ends(script, "completed");

        assertThat(response.text()).startsWith(THREE + DONE);
        assertThat(response.end().isClean()).isTrue();
    }

    @Test
    void answersThatNobodyCouldBeReached() throws IOException {
        String refused;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            refused = "http://127.0.0.1:" + server.getLocalPort();
        }
        try (TestedProxy proxy = TestedProxy.before(refused)) {
            Response response = proxy.exchange(chat());

            assertThat(response.status()).isEqualTo(502);
            assertThat(response.text()).contains("connect_failed").doesNotContain("127.0.0.1");
            assertThat(proxy.outcome()).isEqualTo("connect_failed");
            proxy.awaitQuiet();
        }
    }

    @Test
    void answersThatNothingCameInTime() throws IOException {
        Response response = ends(Script.script().silence(), "first_byte_timeout", "timeouts: {first_byte: 200ms}");

        assertThat(response.status()).isEqualTo(504);
        assertThat(response.text()).contains("first_byte_timeout");
    }

    @Test
    void answersThatNothingCameInTimeAfterAnEmptyHead() throws IOException {
        Response response = ends(Script.sse().silence(), "first_byte_timeout", "timeouts: {first_byte: 200ms}");

        assertThat(response.status()).isEqualTo(504);
    }

    @Test
    void breaksOffWhenTheUpstreamFallsSilent() throws IOException {
        assertBrokenOff(
                ends(Script.sse().events(DELTAS).silence(), "idle_timeout", "timeouts: {idle: 200ms}"), "idle_timeout");
    }

    @Test
    void breaksOffWhenTheStreamTakesTooLong() throws IOException {
        Script endless = Script.sse().events(DELTAS).forever(i -> ": \n\n", Duration.ofMillis(20));
        Response response = ends(endless, "max_duration", "timeouts: {total: 400ms}");

        assertThat(response.text()).contains("max_duration");
        assertThat(response.end().isAbortive()).isTrue();
    }

    @Test
    void endsAStreamThatSleepsForItsPaceWhenItTakesTooLong() throws IOException {
        Response response = ends(
                Script.stream(ProviderEvents.chat(3)),
                "max_duration",
                "timeouts: {total: 400ms}",
                "limits: {bytes_per_second: 1B}");

        assertThat(response.end().isAbortive()).isTrue();
    }

    @Test
    void breaksOffWhenAnEventIsTooLarge() throws IOException {
        Script large = Script.sse().events(DELTAS).text("data: " + "x".repeat(3000));
        assertBrokenOff(ends(large, "limit_exceeded", "limits: {event: 2KiB}"), "limit_exceeded");
    }

    @Test
    void breaksOffWhenTheAnswerIsTooLarge() throws IOException {
        Script large = Script.sse().events(DELTAS).forever(i -> ": \n\n", Duration.ZERO);
        Response response = ends(large, "limit_exceeded", "limits: {response: 64KiB}");

        assertThat(response.text()).contains("limit_exceeded");
        assertThat(response.end().isAbortive()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"head", "first event", "event", "hot"})
    void freesEverythingWhenTheClientLeaves(String phase) throws IOException {
        Script script = switch (phase) {
            case "head" -> Script.script().silence();
            case "first event" -> Script.sse().silence();
            case "event" -> Script.sse().events(DELTAS).silence();
            default -> Script.sse().events(DELTAS).forever(i -> ": \n\n", Duration.ZERO);
        };
        for (String how : List.of("fin", "rst", "half")) {
            try (ScriptedUpstream upstream = ScriptedUpstream.start(script);
                    TestedProxy proxy = TestedProxy.before(upstream)) {
                RawHttpClient client = proxy.client();
                client.send(chat());
                upstream.awaitExchanges(1, SOON);
                if (phase.equals("event") || phase.equals("hot")) {
                    client.readEventsAfterHead(3);
                }
                switch (how) {
                    case "fin" -> client.close();
                    case "rst" -> client.reset();
                    default -> client.halfClose();
                }
                upstream.awaitOnlyExchange().awaitDeparture(SOON);
                assertThat(proxy.outcome()).as(phase + " " + how).isEqualTo("client_disconnect");
                proxy.awaitQuiet();
                client.close();
            }
        }
    }

    @Test
    void completesWhenTheClientLeavesRightAfterTheTerminalEvent() throws IOException {
        for (int i = 0; i < 20; i++) {
            Script script = Script.sse().events(DELTAS).event(DONE).silence();
            try (ScriptedUpstream upstream = ScriptedUpstream.start(script);
                    TestedProxy proxy = TestedProxy.before(upstream)) {
                RawHttpClient client = proxy.client();
                client.send(chat());
                assertThat(client.readEventsAfterHead(4)).endsWith(DONE);
                if (i % 2 == 0) {
                    client.close();
                } else {
                    client.reset();
                }
                assertThat(proxy.outcome()).isEqualTo("completed");
                proxy.awaitQuiet();
            }
        }
    }

    @Test
    void endsAClientThatDoesNotTakeTheStream() throws IOException {
        Script flood = Script.sse().forever(i -> "data: " + "x".repeat(8000) + "\n\n", Duration.ZERO);
        assertSlow(flood, "timeouts: {write_stall: 300ms}");
    }

    @Test
    void endsAClientThatDoesNotTakeTheTerminalEvent() throws IOException {
        String large = "data: " + "x".repeat(7 << 20) + "\n\n" + DONE;
        assertSlow(Script.sse().text(large).silence(), "timeouts: {write_stall: 300ms}");
        assertSlow(Script.sse().text(large).silence(), "timeouts: {write_stall: off, total: 2s}");
    }

    @Test
    void endsAClientThatDoesNotTakeTheLastBytesOfAPlainBody() throws IOException {
        assertSlow(Script.json(200, "{\"x\":\"" + "x".repeat(7 << 20) + "\"}"), "timeouts: {write_stall: 300ms}");
    }

    private static void assertSlow(Script script, String settings) throws IOException {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(script);
                TestedProxy proxy = TestedProxy.before(upstream, settings);
                RawHttpClient client = proxy.client(4096)) {
            client.send(chat());
            client.readHead();
            assertThat(proxy.outcome()).isEqualTo("slow_client");
            proxy.awaitQuiet();
        }
    }

    @Test
    void breaksOffAPlainBodyWithoutAWord() throws IOException {
        Script cut = Script.script()
                .head(200, "content-type: application/json", "transfer-encoding: chunked")
                .text("{\"a\":1")
                .pause(Duration.ofMillis(100))
                .close();
        Response response = ends(cut, "upstream_truncated");

        assertThat(response.text()).isEqualTo("{\"a\":1");
        assertThat(response.end().isAbortive()).isTrue();
    }

    @Test
    void breaksOffACountedBodyWithoutAWord() throws IOException {
        Script cut = Script.script()
                .head(200, "content-type: application/json", "content-length: 100")
                .text("{\"a\":1")
                .silence();
        Response response = ends(cut, "idle_timeout", "timeouts: {idle: 200ms}");

        assertThat(response.text()).isEqualTo("{\"a\":1");
        assertThat(response.end().isAbortive()).isTrue();
    }

    @Test
    void passesErrorAnswersUnmodified() throws IOException {
        String body = "{\"error\": {\"message\":\"slow down\" ,\"x\":1}}\n";
        Response response = ends(Script.json(429, body, "retry-after: 7", "x-ratelimit-limit: 3"), "upstream_error");

        assertThat(response.status()).isEqualTo(429);
        assertThat(response.text()).isEqualTo(body);
        assertThat(response.header("retry-after")).hasValue("7");
        assertThat(response.header("x-ratelimit-limit")).hasValue("3");
        assertThat(response.end().isClean()).isTrue();
    }

    @Test
    void masksRefusalsOfOurOwnCredentialsAndRedirects() throws IOException {
        for (int status : List.of(401, 403, 407, 302, 307)) {
            Response response =
                    ends(Script.json(status, "{\"secret\":1}", "location: http://127.0.0.1:1/"), "upstream_error");
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.text()).doesNotContain("secret");
            assertThat(response.header("location")).isEmpty();
        }
    }

    @Test
    void tellsLiveStreamsOfAShutdown() throws IOException {
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.start(Script.sse().events(DELTAS).silence());
                TestedProxy proxy = TestedProxy.before(upstream);
                RawHttpClient client = proxy.client()) {
            client.send(chat());
            client.readEventsAfterHead(3);

            proxy.server().close();

            assertThat(client.readEvents(1)).contains("\"error\"").contains("shutdown");
            client.readBody();
            assertThat(client.end().isAbortive()).isTrue();
            assertThat(proxy.outcome()).isEqualTo("shutdown");
        }
    }

    @Test
    void endsAPlainRequestOfAClientThatLeaves() throws IOException {
        Script script = Script.script()
                .head(200, "content-type: application/json", "content-length: 100")
                .text("{")
                .silence();
        try (ScriptedUpstream upstream = ScriptedUpstream.start(script);
                TestedProxy proxy = TestedProxy.before(upstream)) {
            RawHttpClient client = proxy.client();
            client.send(plainChat());
            client.readHead();
            client.close();
            upstream.awaitOnlyExchange().awaitDeparture(SOON);
            assertThat(proxy.outcome()).isEqualTo("client_disconnect");
            proxy.awaitQuiet();
        }
    }
}
