// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import static dev.penstock.exchange.TestedProxy.SOON;
import static dev.penstock.exchange.TestedProxy.chat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RecordedRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import dev.penstock.testing.ScriptedUpstream;
import dev.penstock.upstream.UpstreamHead;
import dev.penstock.upstream.UpstreamRequest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model server that asks for patience gets it, where there is time; and somebody else is asked, where there is one. */
class RetryAfterTest {
    private static final String GOOD = String.join("", ProviderEvents.chat(3));
    private static final Script STREAM = Script.stream(ProviderEvents.chat(3));

    private final ScriptedUpstream one = ScriptedUpstream.start(STREAM);
    private final ScriptedUpstream two = ScriptedUpstream.start(STREAM);

    @AfterEach
    void stop() {
        one.close();
        two.close();
    }

    private TestedProxy lone(String retry) throws IOException {
        return TestedProxy.of("""
            clusters: [{name: c, retry: {%s}, instances: [{name: one, url: "%s"}]}]
            routes: [{match: {model: "*"}, cluster: c}]
            """.formatted(retry, one.url()));
    }

    /** Refuses its first request like this, and streams from then on. */
    private static void refuseOnce(ScriptedUpstream upstream, int status, String header) {
        upstream.play(request ->
                upstream.requests().size() == 1 ? Script.json(status, "{\"from\":\"upstream\"}", header) : STREAM);
    }

    @ParameterizedTest
    @CsvSource({"429, retry-after-ms: 250", "503, retry-after: 0.25", "529, Retry-After-Ms: 250"})
    void theOnlyInstanceIsAskedAgainWhenItWantsTo(int status, String header) throws IOException {
        refuseOnce(one, status, header);
        try (TestedProxy proxy = lone("attempts: 2, on: [429, 5xx]")) {
            Response response = proxy.exchange(chat());

            assertThat(response.text()).isEqualTo(GOOD);
            assertThat(proxy.entry().attempts()).isEqualTo(2);
            List<RecordedRequest> asked = one.requests();
            assertThat(Duration.ofNanos(asked.get(1).atNanos() - asked.get(0).atNanos()))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(250));
            proxy.awaitQuiet();
        }
    }

    @Test
    void anAnswerThatAsksForMoreThanThereIsGoesToTheClient() throws IOException {
        refuseOnce(one, 429, "retry-after: 60");
        try (TestedProxy proxy = lone("attempts: 2, within: 10s, on: [429, 5xx]")) {
            Response response = proxy.exchange(chat());

            assertThat(response.status()).isEqualTo(429);
            assertThat(response.header("retry-after")).hasValue("60");
            assertThat(response.text()).isEqualTo("{\"from\":\"upstream\"}");
            assertThat(proxy.entry().attempts()).isEqualTo(1);
            proxy.awaitQuiet();
        }
    }

    @Test
    void anotherInstanceIsAskedAtOnceAndTheOneThatAskedIsLeftAlone() throws IOException {
        one.play(Script.json(429, "{}", "retry-after: 30"));
        try (TestedProxy proxy = TestedProxy.of("""
            clusters:
              - name: c
                retry: {attempts: 2, on: [429]}
                instances: [{name: one, url: "%s", priority: 0}, {name: two, url: "%s", priority: 1}]
            routes: [{match: {model: "*"}, cluster: c}]
            """.formatted(one.url(), two.url()))) {
            for (int i = 0; i < 5; i++) {
                assertThat(proxy.exchange(chat()).text()).isEqualTo(GOOD);
            }
            assertThat(one.requests()).hasSize(1);
            assertThat(two.requests()).hasSize(5);

            two.play(Script.json(429, "{}", "retry-after: 30"));
            proxy.exchange(chat());
            assertThat(proxy.exchange(chat()).status())
                    .as("when all want to be left alone, it is still worth asking")
                    .isEqualTo(429);
            proxy.awaitQuiet();
        }
    }

    @Test
    void aClientThatLeavesEndsTheWait() throws IOException {
        refuseOnce(one, 503, "retry-after: 20");
        try (TestedProxy proxy = lone("attempts: 2, within: 30s")) {
            RawHttpClient client = proxy.client();
            client.send(chat());
            one.awaitExchanges(1, SOON).getFirst().awaitEnd(SOON);
            client.close();

            assertThat(proxy.outcome()).isEqualTo("client_disconnect");
            assertThat(one.requests()).hasSize(1);
            proxy.awaitQuiet();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "429 | retry-after | 7 | 7000",
                "503 | retry-after | 1.5 | 1500",
                "503 | retry-after | Fri, 20 Nov 2026 10:00:05 GMT | 5000",
                "503 | retry-after | Fri, 20 Nov 2026 09:00:00 GMT | 0",
                "429 | retry-after-ms | 120 | 120",
                "429 | retry-after | soon | -1",
                "429 | retry-after | -3 | -1",
                "200 | retry-after | 7 | -1"
            })
    void readsWhatProvidersSend(int status, String name, String value, long millis) {
        UpstreamHead head = new UpstreamHead(status, List.of(new UpstreamRequest.Header(name, value)));

        assertThat(RetryAfter.of(head, Instant.parse("2026-11-20T10:00:00Z")))
                .isEqualTo(millis < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(millis)));
    }
}
