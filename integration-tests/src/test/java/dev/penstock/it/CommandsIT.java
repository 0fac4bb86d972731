// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Patience;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the packaged launcher that look at a configuration without serving it. Confined to one thread per test. */
final class CommandsIT {
    @TempDir
    private Path folder;

    private String run(Map<String, String> environment, String... command) {
        try (var process = ProxyProcess.start(folder, environment, command)) {
            assertThat(process.awaitExit(Patience.seconds(20)))
                    .as(process.output())
                    .hasValue(0);
            return process.output();
        }
    }

    @Test
    @DisplayName("explain says which route, cluster and instances a request would get, and why")
    void explains() {
        String lab = Distribution.lab().toString();

        assertThat(run(Map.of(), "explain", lab, "--model", "b-large", "--path", Calls.CHAT))
                .contains("lab-b", "http://127.0.0.1:19001")
                .doesNotContain("19002");
        assertThat(run(Map.of("LAB_WEIGHT_2", "3"), "explain", lab, "--model", "any", "--path", Calls.MESSAGES))
                .contains("http://127.0.0.1:19002", "weight 3 of 4", "never: its weight is 0");
    }

    @Test
    @DisplayName(
            "check warns, with the position, of a rule that can never match and of instances that nobody would find"
                    + " usable")
    void warns() throws Exception {
        Path file = Files.writeString(folder.resolve("penstock.yaml"), """
            clusters:
              - name: c
                health: {assume: unusable}
                instances: [{url: "http://127.0.0.1:1"}]
            routes:
              - {name: wide, cluster: c}
              - {name: hidden, match: {model: gpt-x}, cluster: c}
            """);

        assertThat(run(Map.of(), "check", file.toString()))
                .contains("penstock.yaml:3:22: clusters[0].health.assume")
                .contains("penstock.yaml:7:", "the route \"hidden\" can never match: \"wide\"");
    }

    @Test
    @DisplayName("plugins lists what the installation brings, with hooks and configuration keys")
    void listsPlugins() {
        assertThat(run(Map.of(), "plugins"))
                .contains("key-auth", "model-alias", "prompt-guard", "content-guard", "usage-log", "latency-tracker");
    }
}
