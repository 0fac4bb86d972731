// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.config.ConfigLoader;
import dev.penstock.launch.ProxyServer;
import dev.penstock.launch.Surroundings;
import dev.penstock.metrics.BuildInfo;
import dev.penstock.testing.Eventually;
import dev.penstock.testing.Metrics;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A whole proxy in this process, with its access log at hand. Thread-safe: the log is a concurrent list. */
final class TestedProxy implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(20);
    private static final String CHAT =
            "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

    private final List<AccessEntry> log = new CopyOnWriteArrayList<>();
    private final ProxyServer server;

    private TestedProxy(String yaml) throws IOException {
        server = ProxyServer.start(
                new ConfigLoader(Map.of())
                        .parse(
                                "test.yaml",
                                "listen: 127.0.0.1:0\nadmin: {listen: 127.0.0.1:0}\n" + yaml,
                                Path.of("."),
                                List.of()),
                new Surroundings(new BuildInfo("0", "0", "0", "0"), log::add, () -> 0));
    }

    static TestedProxy of(String yaml) throws IOException {
        return new TestedProxy(yaml);
    }

    /** One cluster over one upstream, with these settings of a stream. */
    static TestedProxy before(ScriptedUpstream upstream, String... streamSettings) throws IOException {
        return before(upstream.url(), streamSettings);
    }

    static TestedProxy before(String url, String... streamSettings) throws IOException {
        return of("""
            stream: {%s}
            clusters:
              - name: c
                retry: {attempts: 1}
                instances: [{name: one, url: "%s"}]
            routes:
              - {match: {model: "*"}, cluster: c}
            """.formatted(String.join(", ", streamSettings), url));
    }

    static RawRequest chat() {
        return RawRequest.postJson("/v1/chat/completions", CHAT);
    }

    static RawRequest plainChat() {
        return RawRequest.postJson("/v1/chat/completions", CHAT.replace("\"stream\":true", "\"stream\":false"));
    }

    RawHttpClient client() {
        return RawHttpClient.connect(server.listenAddress().getPort());
    }

    RawHttpClient client(int receiveBuffer) {
        return RawHttpClient.connect(server.listenAddress().getPort(), receiveBuffer);
    }

    Response exchange(RawRequest request) throws IOException {
        try (RawHttpClient client = client()) {
            return client.exchange(request);
        }
    }

    List<AccessEntry> log() {
        return log;
    }

    /** The entry of the only request so far; waits for it. */
    AccessEntry entry() {
        return Eventually.eventuallyGet(SOON, () -> {
            assertThat(log).hasSize(1);
            return log.getFirst();
        });
    }

    String outcome() {
        return entry().outcome();
    }

    ProxyServer server() {
        return server;
    }

    Metrics metrics() {
        return Metrics.scrape(server.adminAddress().getPort());
    }

    /** Waits until nothing is left of any request. */
    void awaitQuiet() {
        eventually(SOON, () -> {
            Metrics now = metrics();
            assertThat(now.sum("penstock_requests_in_flight")).isZero();
            assertThat(now.sum("penstock_streams_active")).isZero();
            assertThat(now.sum("penstock_queue_depth")).isZero();
            assertThat(now.sum("penstock_upstream_in_flight")).isZero();
            assertThat(now.sum("penstock_permits_available")).isEqualTo(now.sum("penstock_permits_limit"));
        });
    }

    @Override
    public void close() {
        server.close();
    }
}
