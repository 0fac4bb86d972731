// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import static dev.penstock.exchange.TestedProxy.chat;
import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.PluginJar;
import dev.penstock.testing.Response;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
        PluginJar.withFactory("answers", source).write(plugins.resolve("answers.jar"));
        try (TestedProxy proxy = TestedProxy.of("""
            plugins: {directory: "%s", chain: [{id: answers}]}
            clusters: [{name: c, instances: [{url: "http://127.0.0.1:1"}]}]
            routes: [{cluster: c}]
            """.formatted(plugins))) {
            try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
                callers.invokeAll(Collections.nCopies(CALLERS, () -> call(proxy)))
                        .forEach(Future::resultNow);
            }

            eventually(TestedProxy.SOON, () -> assertThat(proxy.log()).hasSize(CALLERS * CALLS));
            assertThat(proxy.log().stream().map(AccessEntry::outcome).distinct())
                    .containsExactly("completed");
        }
    }

    private static Response call(TestedProxy proxy) throws IOException {
        Response last = proxy.exchange(chat());
        for (int call = 1; call < CALLS; call++) {
            last = proxy.exchange(chat());
        }
        return last;
    }
}
