// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static dev.penstock.testing.Eventually.eventuallyGet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.penstock.testing.Exchange;
import dev.penstock.testing.Patience;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What operators see of a live stream, in whatever phase it is, and how they end it. Confined to one thread per test. */
@Lab(
        // The upstream does not see the probe's model, because it is rewritten.
        freshStream = false,
        value = {
            "LAB_CAP_WORKER=1",
            "LAB_MODEL_1=served-name",
            "LAB_QUEUE_WAIT=30s",
            "LAB_FIRST_BYTE=30s",
            "LAB_IDLE=30s",
            "LAB_TOTAL=60s",
            "LAB_WRITE_STALL=30s"
        })
final class StreamsIT {
    private static final String FLOOD = ProviderEvents.chatDelta("x".repeat(16 << 10));

    /** Where a stream may be, what its entry says of that, and which room its thread waits in. */
    enum Where {
        QUEUED("admit", "queue", ".admission."),
        FIRST_BYTE("connect", "upstream", ".upstream."),
        STREAMING("relay", "upstream", ".relay."),
        STUCK("relay", "client", ".relay.");

        private final String phase;
        private final String blockedOn;
        private final String room;

        Where(String phase, String blockedOn, String room) {
            this.phase = phase;
            this.blockedOn = blockedOn;
            this.room = room;
        }

        Script script() {
            return switch (this) {
                case QUEUED, FIRST_BYTE -> Script.script().silence();
                case STREAMING ->
                    Script.sse().events(ProviderEvents.chatDeltas(3)).silence();
                case STUCK -> Script.sse().forever(i -> FLOOD, Duration.ZERO);
            };
        }

        boolean isCommitted() {
            return this == STREAMING || this == STUCK;
        }
    }

    private static List<JsonNode> streams(PackagedProxy proxy) throws IOException {
        var streams = new ArrayList<JsonNode>();
        Protocol.json(proxy.admin("/streams").text()).path("streams").forEach(streams::add);
        return streams;
    }

    /** The entry of this consumer's stream, once it is where it is to be. */
    private static JsonNode entry(PackagedProxy proxy, String consumer, String phase, String blockedOn) {
        return eventuallyGet(Patience.seconds(5), () -> {
            JsonNode entry = streams(proxy).stream()
                    .filter(stream -> stream.path("consumer").asText().equals(consumer))
                    .findFirst()
                    .orElseThrow();
            assertThat(entry.path("phase").asText()).isEqualTo(phase);
            assertThat(entry.path("blocked_on").asText()).isEqualTo(blockedOn);
            return entry;
        });
    }

    private static Response end(PackagedProxy proxy, JsonNode entry) throws IOException {
        return proxy.admin(
                RawRequest.of("DELETE", "/streams/" + entry.path("id").asText()));
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("shows a stream where it is, and ends it there with its client told")
    void showsAndEnds(Where where, Laboratory lab) throws IOException {
        lab.play(where.script());
        try (var first = lab.connect();
                var client = lab.connect(8 << 10)) {
            if (where == Where.QUEUED) {
                first.send(Calls.chat().consumer("first"));
                entry(lab.proxy(), "first", "connect", "upstream");
            }
            client.send(Calls.chat().consumer("seen"));
            if (where.isCommitted()) {
                assertThat(client.readHead().status()).isEqualTo(200);
            }
            JsonNode entry = eventuallyGet(Patience.seconds(5), () -> {
                JsonNode seen = entry(lab.proxy(), "seen", where.phase, where.blockedOn);
                assertFacts(seen, where);
                return seen;
            });
            assertThreadIsThere(lab.proxy(), entry, where);

            assertThat(end(lab.proxy(), entry).status()).isEqualTo(202);
            if (where != Where.QUEUED) {
                lab.upstream().awaitOnlyExchange().awaitDeparture(Patience.patient(Duration.ofMillis(500)));
            }
            assertTold(client, where);
            assertOver(lab.proxy(), entry);
        }
        lab.assertOutcomes(
                where == Where.QUEUED ? Map.of("shutdown", 1L, "client_disconnect", 1L) : Map.of("shutdown", 1L));
    }

    private static void assertFacts(JsonNode entry, Where where) {
        boolean queued = where == Where.QUEUED;
        assertThat(entry.path("route").asText()).isEqualTo("a");
        assertThat(entry.path("cluster").asText()).isEqualTo(queued ? "" : "lab");
        assertThat(entry.path("instance").asText()).isEqualTo(queued ? "" : "one");
        assertThat(entry.path("model_asked").asText()).isEqualTo("lab-model");
        assertThat(entry.path("model_served").asText()).isEqualTo(queued ? "" : "served-name");
        assertThat(entry.path("attempts").asInt(-1)).isEqualTo(queued ? 0 : 1);
        assertThat(entry.path("age_seconds").asDouble()).isBetween(0.0001, 30.0);
        double firstToken = entry.path("first_token_seconds").asDouble(-9);
        double lastEvent = entry.path("last_event_seconds_ago").asDouble(-9);
        if (where.isCommitted()) {
            assertThat(firstToken).isBetween(0.0, 30.0);
            assertThat(lastEvent).isBetween(0.0, 30.0);
            assertThat(entry.path("events").asLong()).isGreaterThanOrEqualTo(3);
            assertThat(entry.path("bytes").asLong()).isGreaterThan(100);
        } else {
            assertThat(firstToken).isEqualTo(-1);
            assertThat(lastEvent).isEqualTo(-1);
            assertThat(entry.path("events").asLong(-1)).isZero();
            assertThat(entry.path("bytes").asLong(-1)).isZero();
        }
    }

    /** A thread dump finds the stream by its id, waiting in the room where it is. */
    private static void assertThreadIsThere(PackagedProxy proxy, JsonNode entry, Where where) {
        String name = "stream-" + entry.path("id").asText();
        var named = proxy.threads().virtual().stream()
                .filter(thread -> thread.name().equals(name))
                .toList();
        assertThat(named).as(name).hasSize(1);
        assertThat(named.getFirst().stack()).anyMatch(frame -> frame.contains("dev.penstock" + where.room));
    }

    private static void assertTold(RawHttpClient client, Where where) throws IOException {
        if (where.isCommitted()) {
            Protocol.CHAT.assertCut(client.readRest(), "");
        } else {
            Response response = client.readResponse();
            Protocol.CHAT.assertRefusal(response, 503);
            assertThat(Protocol.json(response.text()).path("error").path("code").asText())
                    .isEqualTo("shutdown");
        }
    }

    /** It is gone from the table, and to end it again is a clear error. */
    private static void assertOver(PackagedProxy proxy, JsonNode entry) {
        eventually(
                Patience.seconds(2),
                () -> assertThat(streams(proxy))
                        .noneMatch(stream -> stream.path("id").equals(entry.path("id"))));
        eventually(Patience.seconds(1), () -> {
            Response again = end(proxy, entry);
            assertThat(again.status()).isEqualTo(404);
            assertThat(Protocol.json(again.text()).path("error").asText()).isEqualTo("no live stream has this id");
        });
    }

    @Test
    @DisplayName("shows and ends a stream whose instance does not even accept a connection")
    void endsOneThatConnects() throws IOException {
        try (var full = new FullListener();
                var lab = Laboratory.openBroken(Map.of("LAB_UPSTREAM_1", full.url(), "LAB_CONNECT", "2s"));
                var client = lab.connect()) {
            client.send(Calls.chat().consumer("seen"));
            JsonNode entry = entry(lab.proxy(), "seen", "connect", "upstream");

            assertThat(end(lab.proxy(), entry).status()).isEqualTo(202);

            Response response = client.readResponse();
            Protocol.CHAT.assertRefusal(response, 503);
            assertThat(response.untilHead()).isLessThan(Patience.patient(Duration.ofMillis(1500)));
            lab.assertOutcome("shutdown", 1);
            lab.check(false);
        }
    }

    @Test
    @DisplayName("counts no drift between the registry and the limiter while streams live")
    @Lab("LAB_IDLE=10s")
    void doesNotDrift(Laboratory lab) throws Exception {
        lab.play(Script.sse().events(ProviderEvents.chatDeltas(1)).silence());
        List<RawHttpClient> clients = lab.atOnce(8, i -> {
            RawHttpClient client = lab.connect();
            client.send(Calls.chat()).readEventsAfterHead(1);
            return client;
        });

        var metrics = lab.proxy().metrics();
        assertThat(metrics.sum("penstock_streams_active")).isEqualTo(8);
        assertThat(metrics.has("penstock_streams_drift")).isTrue();
        assertThat(metrics.sum("penstock_streams_drift")).isZero();
        clients.forEach(RawHttpClient::close);
        eventually(
                Patience.seconds(2),
                () -> assertThat(lab.upstream().exchanges()).noneMatch(Exchange::isLive));
        lab.assertOutcome("client_disconnect", 8);
    }
}
