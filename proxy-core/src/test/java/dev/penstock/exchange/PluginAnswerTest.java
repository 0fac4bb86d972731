// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import static dev.penstock.exchange.TestedProxy.chat;
import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.PluginJar;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a plugin answers itself. */
class PluginAnswerTest {
    private static final int CALLERS = 16;
    private static final int CALLS = 50; // for each caller

    @Test
    void isWholeForAClientThatLeavesAsSoonAsItHasIt(@TempDir Path plugins) throws Exception {
        String source = PluginJar.factory("answers", "record Config() {}", "")
                .replace("reject(418, \"made\", Helper.text())", "answer(200, Map.of(), new byte[] {'o', 'k'})");
        PluginJar.of("answers")
                .service("test.Factory")
                .source("test.Factory", source)
                .write(plugins.resolve("answers.jar"));
        try (TestedProxy proxy = TestedProxy.of("""
            plugins: {directory: "%s", chain: [{id: answers}]}
            clusters: [{name: c, instances: [{url: "http://127.0.0.1:1"}]}]
            routes: [{cluster: c}]
            """.formatted(plugins))) {
            try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < CALLERS; i++) {
                    callers.submit(() -> {
                        for (int call = 0; call < CALLS; call++) {
                            proxy.exchange(chat());
                        }
                        return true;
                    });
                }
            }

            eventually(TestedProxy.SOON, () -> assertThat(proxy.log()).hasSize(CALLERS * CALLS));
            assertThat(proxy.log().stream().map(AccessEntry::outcome).distinct())
                    .containsExactly("completed");
        }
    }
}
