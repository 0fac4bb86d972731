// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.penstock.testing.Exchange;
import dev.penstock.testing.Patience;
import dev.penstock.testing.Pause;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Group D: whoever leaves frees everything, at once, in every phase. Confined to one thread per test. */
@Lab({
    "LAB_CAP_WORKER=200",
    "LAB_CAP_ROUTE=200",
    "LAB_CAP_CONSUMER=200",
    "LAB_FIRST_BYTE=30s",
    "LAB_IDLE=30s",
    "LAB_TOTAL=90s"
})
final class DisconnectIT {
    private static final Duration PACE = Duration.ofMillis(30);

    private static void leave(RawHttpClient client, boolean reset) throws IOException {
        if (reset) {
            client.reset();
        } else {
            client.close();
        }
    }

    private static Exchange exchangeOf(Laboratory lab, String model) {
        return lab.upstream().exchanges().stream()
                .filter(exchange -> exchange.request().mentions(model))
                .findFirst()
                .orElseThrow(() -> new AssertionError(model + " has not arrived"));
    }

    private static void assertLeftWithin(Exchange exchange, long leftAt, Duration limit) {
        long seen = exchange.awaitDeparture(Duration.ofSeconds(10)).atNanos();
        assertThat(Duration.ofNanos(seen - leftAt))
                .as("from the client's departure to the upstream's notice: %s", exchange)
                .isLessThan(Patience.patient(limit));
    }

    @Test
    @DisplayName("D01 closes the upstream when its client leaves in the middle, by FIN or by RST")
    void closesTheUpstreamOfAClientThatLeft(Laboratory lab) throws Exception {
        lab.play(Script.sse().forever(i -> ProviderEvents.chatDelta("t" + i), PACE));

        List<Long> departures = lab.atOnce(40, i -> {
            var client = lab.connect();
            client.send(Calls.chat("leaver-" + i + "-")).readHead();
            client.readEvents(3);
            leave(client, i % 2 == 0);
            return System.nanoTime();
        });

        for (int i = 0; i < departures.size(); i++) {
            Exchange exchange = exchangeOf(lab, "leaver-" + i + "-");
            assertLeftWithin(exchange, departures.get(i), Duration.ofMillis(500));
            assertThat(PACE.multipliedBy(exchange.eventsSent())).isLessThanOrEqualTo(Patience.seconds(0.6));
        }
        lab.assertOutcome("client_disconnect", 40);
        assertThat(lab.growth("penstock_upstream_aborts_total")).isEqualTo(40);
    }

    /** The phases in which an upstream is silent. */
    private static Script silence(String body) {
        if (body.contains("before-head")) {
            return Script.script().silence();
        }
        return body.contains("after-head")
                ? Script.sse().silence()
                : Script.sse().events(ProviderEvents.chatDeltas(2)).silence();
    }

    @Test
    @DisplayName("D02 notices a departure while the upstream is silent: before the head, after it, between events")
    void noticesADepartureInSilence(Laboratory lab) throws Exception {
        lab.play(request -> silence(request.bodyText()));
        List<String> phases = List.of("before-head", "after-head", "between-events");

        List<Long> departures = lab.atOnce(6, i -> {
            String model = phases.get(i / 2) + "-" + i;
            var client = lab.connect();
            client.send(Calls.chat(model));
            eventually(Patience.seconds(5), () -> exchangeOf(lab, model));
            if (i / 2 == 2) {
                client.readHead();
                client.readEvents(2);
            }
            leave(client, i % 2 == 0);
            return System.nanoTime();
        });

        for (int i = 0; i < departures.size(); i++) {
            assertLeftWithin(exchangeOf(lab, phases.get(i / 2) + "-" + i), departures.get(i), Duration.ofSeconds(2));
        }
        lab.assertOutcome("client_disconnect", 6);
    }

    @Test
    @DisplayName("D02 notices a departure inside an answer that is not streamed")
    void noticesADepartureInsideAJsonAnswer(Laboratory lab) throws Exception {
        lab.play(Script.script()
                .head(200, "content-type: application/json", "content-length: 1000")
                .text("{\"half\":")
                .silence());
        var client = lab.connect();
        client.send(Calls.chatJson());
        Exchange exchange = lab.upstream().awaitOnlyExchange();
        client.readHead();
        client.close();

        assertLeftWithin(exchange, System.nanoTime(), Duration.ofSeconds(2));
        lab.assertOutcome("client_disconnect", 1);
    }

    @Test
    @DisplayName("D05 takes a half-close for a departure, always")
    void takesAHalfCloseForADeparture(Laboratory lab) throws Exception {
        lab.play(Script.sse().forever(i -> ProviderEvents.chatDelta("t" + i), PACE));

        List<Boolean> clean = lab.atOnce(20, i -> {
            try (var client = lab.connect()) {
                client.send(Calls.chat("half-" + i + "-")).readHead();
                client.readEvents(1);
                client.halfClose();
                client.readBody();
                return client.end().isClean();
            }
        });

        assertThat(clean).doesNotContain(true);
        for (int i = 0; i < 20; i++) {
            exchangeOf(lab, "half-" + i + "-").awaitDeparture(Patience.seconds(2));
        }
        lab.assertOutcome("client_disconnect", 20);
    }

    @Test
    @DisplayName("D08 sends nothing upstream for an upload that was abandoned, and ends one that stalls")
    void endsAbandonedUploads(Laboratory lab) throws Exception {
        lab.atOnce(2, i -> {
            var client = lab.connect();
            partOfAnUpload(client);
            leave(client, i == 0);
            return i;
        });
        try (var stalled = lab.connect()) {
            partOfAnUpload(stalled);
            long start = System.nanoTime();
            assertEnded(stalled);
            Patience.assertOnTime(Patience.since(start), Duration.ofSeconds(3));
        }
        eventually(
                Patience.seconds(5),
                () -> assertThat(lab.proxy().metrics().sum("penstock_requests_in_flight"))
                        .isZero());
        assertThat(lab.upstream().exchanges().stream().filter(Exchange::isLive)).isEmpty();
        lab.assertOutcome("client_disconnect", 2);
        lab.assertRefusals(Map.of("bad_request", 1L));
    }

    private static void partOfAnUpload(RawHttpClient client) throws IOException {
        RawRequest whole = Calls.chat()
                .withBody(("{\"model\":\"m\",\"stream\":true,\"messages\":[],\"pad\":\"" + "x".repeat(900_000) + "\"}")
                        .getBytes(US_ASCII));
        byte[] bytes = whole.bytes();
        client.socket().getOutputStream().write(bytes, 0, 300_000);
    }

    /** A 408, or the end of the connection. */
    private static void assertEnded(RawHttpClient client) throws IOException {
        try {
            var head = client.tryReadHead();
            if (head.isPresent()) {
                assertThat(head.get().status()).isEqualTo(408);
            }
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }

    @Test
    @DisplayName("D a client that closes right after the terminal event has a completed stream")
    void countsACloseAfterTheTerminalEventAsCompleted(Laboratory lab) throws IOException {
        lab.play(Script.sse().events(ProviderEvents.chat(2)).silence());
        try (var client = lab.connect()) {
            client.send(Calls.chat()).readHead();
            assertThat(client.readEvents(5)).endsWith("[DONE]\n\n");
        }
        lab.assertOutcome("completed", 1);
        lab.upstream().awaitOnlyExchange().awaitDeparture(Patience.seconds(2));
    }

    @Test
    @DisplayName(
            "D a client that closes right after the terminal event leaves the connection to the model server to the"
                    + " next")
    void keepsTheConnectionOfACompletedStream(Laboratory lab) throws IOException {
        var framing = new CountDownLatch(1);
        lab.play(Script.sse().events(ProviderEvents.chat(2)).gate(framing).end());
        try (var client = lab.connect()) {
            client.send(Calls.chat()).readHead();
            assertThat(client.readEvents(5)).endsWith("[DONE]\n\n");
        }
        Pause.ofMillis(200); // Time to hear the departure, and to get it wrong.
        framing.countDown();
        lab.assertOutcome("completed", 1);
        try (var next = lab.connect()) {
            next.send(Calls.chat()).readHead();
        }
        lab.upstream().awaitExchanges(2, Patience.seconds(2));
        assertThat(lab.upstream().connectionsAccepted()).isEqualTo(1);
    }

    @Test
    @Lab({"LAB_QUEUE_WAIT=20s", "LAB_CAP_WORKER=1", "LAB_IDLE=30s", "LAB_TOTAL=60s"})
    @DisplayName("D a client that leaves the queue is gone at once and is never sent upstream")
    void letsClientsLeaveTheQueue(Laboratory lab) throws IOException {
        lab.play(Script.sse().silence());
        try (var first = lab.connect()) {
            first.send(Calls.chat("first").consumer("one"));
            lab.upstream().awaitOnlyExchange();
            var waiting = List.of(lab.connect(), lab.connect());
            for (RawHttpClient client : waiting) {
                client.send(Calls.chat("waiting").consumer("two"));
            }
            eventually(Patience.seconds(2), () -> assertThat(depth(lab)).isEqualTo(2));
            leave(waiting.getFirst(), true);
            leave(waiting.getLast(), false);
            eventually(Patience.seconds(2), () -> assertThat(depth(lab)).isZero());
            lab.assertOutcome("client_disconnect", 2);
        }
        assertThat(lab.upstream().exchanges()).hasSize(1);
    }

    @Test
    @DisplayName(
            "D gives a connection up whose client leaves before anybody has answered, by FIN or by RST, streaming or"
                    + " not")
    void givesUpConnecting() throws IOException {
        try (var full = new FullListener();
                var lab = Laboratory.openBroken(Map.of("LAB_UPSTREAM_1", full.url(), "LAB_CONNECT", "3s"))) {
            for (RawRequest request : List.of(Calls.chat(), Calls.chatJson())) {
                for (boolean reset : List.of(false, true)) {
                    leaveWhileConnecting(lab, full, request, reset);
                }
            }
            lab.assertOutcome("client_disconnect", 4);
            lab.check(false);
        }
    }

    private static void leaveWhileConnecting(Laboratory lab, FullListener full, RawRequest request, boolean reset)
            throws IOException {
        var client = lab.connect();
        client.send(request);
        eventually(Patience.seconds(2), () -> {
            assertThat(streams(lab)).hasSize(1);
            assertThat(streams(lab).getFirst().path("phase").asText()).isEqualTo("connect");
            assertThat(full.dialling()).as("connections without an answer").isEqualTo(1);
        });
        long before = lab.outcomes().getOrDefault("client_disconnect", 0L);

        leave(client, reset);

        eventually(Patience.patient(Duration.ofMillis(500)), () -> {
            assertThat(streams(lab)).isEmpty();
            assertThat(full.dialling()).as("connections without an answer").isZero();
            var metrics = lab.proxy().metrics();
            assertThat(metrics.by("penstock_permits_available", "scope"))
                    .isEqualTo(metrics.by("penstock_permits_limit", "scope"));
            assertThat(lab.outcomes()).isEqualTo(Map.of("client_disconnect", before + 1));
        });
    }

    private static List<JsonNode> streams(Laboratory lab) throws IOException {
        return Protocol.json(lab.proxy().admin("/streams").text())
                .path("streams")
                .valueStream()
                .toList();
    }

    private static double depth(Laboratory lab) {
        return lab.proxy().metrics().sum("penstock_queue_depth");
    }

    @Test
    @DisplayName("D leaves a stream alone whose client sends bytes early")
    void keepsPipelinedBytes(Laboratory lab) throws IOException {
        lab.play(Script.stream(ProviderEvents.chat(20), PACE));
        try (var client = lab.connect()) {
            client.send(Calls.chat());
            client.send(Calls.chat());

            Response response = client.readResponse();

            assertThat(response.end().isClean()).isTrue();
            assertThat(response.text()).isEqualTo(String.join("", ProviderEvents.chat(20)));
        }
        eventually(Patience.seconds(5), () -> assertThat(lab.outcomes()).containsEntry("completed", 1L));
    }
}
