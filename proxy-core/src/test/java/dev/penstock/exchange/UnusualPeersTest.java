// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import static dev.penstock.exchange.TestedProxy.SOON;
import static dev.penstock.exchange.TestedProxy.chat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.BodyEnd;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import dev.penstock.testing.ScriptedUpstream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Clients and model servers that do what few do. */
class UnusualPeersTest {
    @Test
    void passesAHeadAsLargeAsItTakesOne() throws IOException {
        String[] headers = new String[1500];
        Arrays.setAll(headers, i -> "x-ratelimit-" + i + ": " + "a".repeat(20));
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.json(200, "{}", headers));
                TestedProxy proxy = TestedProxy.before(upstream)) {
            Response response = proxy.exchange(TestedProxy.plainChat());

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.header("x-ratelimit-1499")).isPresent();
            assertThat(proxy.outcome()).isEqualTo("completed");
        }
    }

    /** Its departure is behind bytes that nobody reads, so that only a write can tell. */
    @Test
    void aHeartbeatNoticesADepartureBehindMoreThanIsReadAhead() throws IOException {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(
                        Script.sse().events(ProviderEvents.chatDeltas(1)).silence());
                TestedProxy proxy = TestedProxy.before(upstream, "heartbeat: 100ms")) {
            RawHttpClient client = proxy.client();
            client.send(chat()).readEventsAfterHead(1);
            client.send("POST / HTTP/1.1\r\n" + "x".repeat(200_000));
            client.close();

            upstream.awaitOnlyExchange().awaitDeparture(SOON);
            assertThat(proxy.outcome()).isEqualTo("client_disconnect");
            proxy.awaitQuiet();
        }
    }

    @Test
    void resetsAClientThatKnowsNoChunksWhenItsAnswerIsCut() throws IOException {
        String body = "{\"model\":\"m\",\"messages\":[]}";
        Script cut = Script.script()
                .head(200, "content-type: application/json", "transfer-encoding: chunked")
                .text("{\"a\":1")
                .close();
        try (ScriptedUpstream upstream = ScriptedUpstream.start(cut);
                TestedProxy proxy = TestedProxy.before(upstream);
                RawHttpClient client = proxy.client()) {
            client.send("POST /v1/chat/completions HTTP/1.0\r\nHost: x\r\nContent-Type: application/json\r\n"
                    + "Content-Length: " + body.length() + "\r\n\r\n" + body);

            assertThat(client.readResponse().end()).isEqualTo(BodyEnd.RESET);
            assertThat(proxy.outcome()).isEqualTo("upstream_truncated");
        }
    }
}
