// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EffectiveConfigTest {
    private static final String TEXT = """
        stream: {timeouts: {idle: 90s}}
        clusters:
          - name: a
            balancer: {consistent_hash: {header: X-User}}
            instances:
              - {name: one, url: "http://h:1", auth: {header: {name: x-api-key, value: "${K}"}}, headers: {x-secret-key: "${K}", x-team: t}}
        routes:
          - {cluster: a, match: {model: "gpt-*"}, stream: {timeouts: {total: 5m}}}
          - {cluster: a}
        plugins: {chain: [{id: p, config: {api_key: abc, level: "${K}", rate: 3}}]}
        """;
    private static final Map<String, String> ENVIRONMENT = Map.of("K", "sk-hidden");

    private final LoadedConfig loaded = Loading.load(TEXT, ENVIRONMENT);

    @Test
    void printsEveryValueWithItsOrigin() {
        assertThat(loaded.effective().yaml().lines())
                .contains(
                        "    idle: 90s                               # penstock.yaml:1:27",
                        "    total: 30m                              # default",
                        "      consistent_hash:",
                        "        header: x-user                      # penstock.yaml:4:42");
    }

    @Test
    void masksSecretsHeadersThatSoundLikeOneAndVariablesOfPlugins() {
        String yaml = loaded.effective().yaml();
        assertThat(yaml).doesNotContain("sk-hidden", "abc").contains("x-team: t", "rate: \"3\"");
        assertThat(loaded.effective().tree().toString()).doesNotContain("sk-hidden", "abc");
    }

    @Test
    void showsOfARoutesStreamOnlyWhatTheRouteChanges() {
        List<?> routes = (List<?>) loaded.effective().tree().getOrDefault("routes", List.of());
        assertThat(routes.get(0).toString()).contains("stream={timeouts={total=5m}}");
        assertThat(routes.get(1).toString()).doesNotContain("stream={");
    }

    @Test
    void isReadBackAsTheSameConfiguration() {
        LoadedConfig first = Loading.load(TEXT.replace("${K}", "***"));
        LoadedConfig second = Loading.load(first.effective().yaml());
        assertThat(second.config().clusters()).isEqualTo(first.config().clusters());
        assertThat(second.config().routes()).isEqualTo(first.config().routes());
        assertThat(second.config().stream()).isEqualTo(first.config().stream());
        assertThat(second.config().worker()).isEqualTo(first.config().worker());
    }

    @Test
    void givesNumbersAndBooleansToJson() {
        assertThat(loaded.effective().tree().toString())
                .contains("max_streams=1000", "reuse_port=false", "listen={address=127.0.0.1:8080");
    }
}
