// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.config.ConfigLoader;
import dev.penstock.exchange.AccessEntry;
import dev.penstock.metrics.BuildInfo;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import dev.penstock.testing.ScriptedUpstream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class ProxyServerTest {
    private static final String CHAT = """
        {"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}\
        """;

    private final List<AccessEntry> log = new CopyOnWriteArrayList<>();

    @Test
    void relaysAStreamAsItCame() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.stream(ProviderEvents.chat(3)));
                ProxyServer proxy = start(upstream);
                RawHttpClient client =
                        RawHttpClient.connect(proxy.listenAddress().getPort())) {
            Response response = client.exchange(RawRequest.postJson("/v1/chat/completions", CHAT));

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.text()).isEqualTo(String.join("", ProviderEvents.chat(3)));
            assertThat(response.end().isClean()).isTrue();
        }
        eventually(
                Duration.ofSeconds(5),
                () -> assertThat(log)
                        .singleElement()
                        .satisfies(entry -> assertThat(entry.outcome()).isEqualTo("completed")));
    }

    private ProxyServer start(ScriptedUpstream upstream) throws Exception {
        String yaml = """
            listen: 127.0.0.1:0
            admin: {listen: 127.0.0.1:0}
            clusters:
              - name: c
                instances: [{name: one, url: "%s"}]
            routes:
              - {match: {model: "*"}, cluster: c}
            """.formatted(upstream.url());
        return ProxyServer.start(
                new ConfigLoader(Map.of()).parse("test.yaml", yaml, Path.of("."), List.of()),
                new Surroundings(new BuildInfo("0", "0", "0", "0"), log::add, () -> 0));
    }
}
