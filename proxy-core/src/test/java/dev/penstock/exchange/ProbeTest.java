// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import static dev.penstock.exchange.TestedProxy.SOON;
import static dev.penstock.exchange.TestedProxy.chat;
import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.RecordedRequest;
import dev.penstock.testing.Script;
import dev.penstock.testing.ScriptedUpstream;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Probes and look-ups of a whole proxy, over real sockets: what they send, and what follows from the answer. */
class ProbeTest {
    private final ScriptedUpstream upstream = ScriptedUpstream.start(Script.stream(ProviderEvents.chat(3)));

    @AfterEach
    void stop() {
        upstream.close();
    }

    private TestedProxy proxy(String cluster, String url) throws IOException {
        return TestedProxy.of("""
            clusters:
              - name: c
                %s
                instances: [{name: one, url: "%s", auth: {bearer: key-one}, headers: {x-team: search}}]
            routes: [{match: {model: "*"}, cluster: c}]
            """.formatted(cluster, url));
    }

    private static void awaitHealthy(TestedProxy proxy, double value) {
        eventually(
                SOON,
                () -> assertThat(proxy.metrics().sum("penstock_upstream_healthy", "instance", "one"))
                        .isEqualTo(value));
    }

    @Test
    void aConnectionIsEnoughForATcpProbe() throws IOException {
        String tcp = "health: {assume: unusable, active: {type: tcp, interval: 50ms, unhealthy_after: 2}}";
        try (TestedProxy proxy = proxy(tcp, upstream.url())) {
            awaitHealthy(proxy, 1);
            assertThat(upstream.requests()).isEmpty();
            assertThat(proxy.exchange(chat()).status()).isEqualTo(200);

            upstream.close();
            awaitHealthy(proxy, 0);
            assertThat(proxy.exchange(chat()).status()).isEqualTo(503);
        }
    }

    @Test
    void anHttpProbeCarriesTheInstancesOwnCredentialsAndJudgesByStatus() throws IOException {
        upstream.play(Script.json(418, "{}"));
        String http = "health: {active: {path: /up, interval: 50ms, unhealthy_after: 2, status: 204}}";
        try (TestedProxy proxy = proxy(http, upstream.url())) {
            awaitHealthy(proxy, 0);
            RecordedRequest probe = upstream.requests().getFirst();
            assertThat(probe.method() + " " + probe.target()).isEqualTo("GET /up");
            assertThat(probe.headers("authorization")).containsExactly("Bearer key-one");
            assertThat(probe.header("x-team")).hasValue("search");

            upstream.play(Script.script().head(204));
            awaitHealthy(proxy, 1);
        }
    }

    @Test
    void aNameIsFollowedToItsAddresses() throws IOException {
        String url = "http://localhost:" + upstream.port();
        try (TestedProxy proxy = proxy("dns: {refresh: 100ms}", url)) {
            eventually(SOON, () -> assertThat(clusters(proxy)).contains("\"name\":\"one@127.0.0.1\""));
            assertThat(proxy.exchange(chat()).status()).isEqualTo(200);
            assertThat(upstream.requests().getLast().header("host")).hasValue("localhost:" + upstream.port());
        }
    }

    private static String clusters(TestedProxy proxy) throws IOException {
        try (RawHttpClient admin =
                RawHttpClient.connect(proxy.server().adminAddress().getPort())) {
            return admin.exchange(RawRequest.get("/clusters")).text();
        }
    }
}
