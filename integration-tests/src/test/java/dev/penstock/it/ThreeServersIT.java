// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Patience;
import dev.penstock.testing.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * nginx, node's http and python's http.server, killed and started again at random while clients stream: whoever has nothing yet is
 * served by another, whoever has something is told, and nobody's request is executed again. Confined to one thread per test.
 */
final class ThreeServersIT {
    private static final int CLIENTS = 8;
    /** How far apart the times may be that different servers write down, in milliseconds. */
    private static final double CLOCKS = 5;

    private final List<ForeignServer> servers = new ArrayList<>();
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();

    /** What one client got. Immutable. */
    private record Answer(String request, Response response) {
        boolean isWhole() {
            return response.end().isClean() && response.text().endsWith("[DONE]\n\n");
        }

        boolean isFrom(ForeignServer server) {
            return response.text().contains(server.kind().mark());
        }
    }

    @Test
    @DisplayName(
            "three servers, killed at random: no error that another could have prevented, and nothing executed twice")
    void survivesKills() throws Exception {
        run(5);
    }

    @Test
    @Tag("soak")
    @DisplayName("three servers, killed at random, for long")
    void survivesManyKills() throws Exception {
        run(200);
    }

    private void run(int kills) throws Exception {
        ForeignServer.assumeInstalled();
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        try {
            for (ForeignServer.Kind kind : ForeignServer.Kind.values()) {
                servers.add(new ForeignServer(kind));
            }
            try (var lab = Laboratory.openBroken(variables())) {
                eventually(Patience.seconds(5), () -> assertUsable(lab));
                under(lab, () -> killAtRandom(lab, kills, new Random(seed)));
                assertThat(lab.growth("penstock_retries_total") + cut())
                        .as("kills that were felt")
                        .isPositive();
                assertNobodyWasFailed();
                assertNothingWasExecutedAgain();
                lab.check(false);
            }
        } finally {
            servers.forEach(ForeignServer::close);
        }
    }

    private Map<String, String> variables() {
        var variables = new HashMap<>(Map.of(
                "LAB_PROBE", "/health",
                "LAB_PROBE_INTERVAL", "200ms",
                "LAB_EJECT_AFTER", "1",
                "LAB_EJECT_TIME", "200ms",
                "LAB_RETRY_ATTEMPTS", "3",
                "LAB_CAP_CONSUMER", "off"));
        for (int n = 1; n <= servers.size(); n++) {
            variables.put("LAB_UPSTREAM_" + n, servers.get(n - 1).url());
            variables.put("LAB_WEIGHT_" + n, "1");
        }
        return variables;
    }

    /** Does something while clients stream without a pause. */
    private void under(Laboratory lab, Work work) throws Exception {
        lab.atOnce(CLIENTS + 1, n -> {
            try {
                if (n == 0) {
                    work.run();
                    over.set(true);
                }
                while (!over.get()) {
                    stream(lab);
                }
                return n;
            } finally {
                over.set(true); // Whoever fails, nobody goes on.
            }
        });
    }

    /** What happens under load. */
    @FunctionalInterface
    private interface Work {
        void run() throws Exception;
    }

    private void stream(Laboratory lab) throws IOException {
        String request = "request-" + numbers.incrementAndGet();
        answers.add(new Answer(request, lab.call(Calls.chat().header("Idempotency-Key", request))));
    }

    /** One at a time, so that there is always another. */
    private void killAtRandom(Laboratory lab, int kills, Random random) throws Exception {
        for (int i = 0; i < kills; i++) {
            ForeignServer server = servers.get(random.nextInt(servers.size()));
            awaitAnswers(random.nextInt(20, 60));
            server.kill();
            awaitAnswers(random.nextInt(10, 40));
            server.start();
            eventually(Patience.seconds(10), () -> assertUsable(lab));
        }
    }

    private void awaitAnswers(int more) {
        int wanted = answers.size() + more;
        eventually(Duration.ofSeconds(30), () -> assertThat(answers).hasSizeGreaterThanOrEqualTo(wanted));
    }

    private static void assertUsable(Laboratory lab) {
        assertThat(lab.proxy().metrics().sum("penstock_upstream_healthy", "cluster", "lab"))
                .isEqualTo(3);
    }

    private long cut() {
        return answers.stream().filter(answer -> !answer.isWhole()).count();
    }

    private void assertNobodyWasFailed() {
        for (Answer answer : answers) {
            assertThat(answer.response.status()).as("%s", answer).isEqualTo(200);
            List<ForeignServer> from = servers.stream().filter(answer::isFrom).toList();
            assertThat(from).as("each answer is one server's: %s", answer).hasSize(1);
            List<String> events = from.getFirst().kind().events();
            if (answer.isWhole()) {
                assertThat(answer.response.text()).isEqualTo(String.join("", events));
            } else {
                Protocol.CHAT.assertCut(answer.response, events.getFirst());
            }
        }
        assertThat(servers)
                .as("everybody served")
                .allSatisfy(server -> assertThat(answers).anyMatch(answer -> answer.isFrom(server)));
    }

    /** Whoever served a client anything was the last to be asked. */
    private void assertNothingWasExecutedAgain() {
        Map<String, Double> last = new HashMap<>();
        servers.forEach(server -> latest(server).forEach((request, at) -> last.merge(request, at, Math::max)));
        for (ForeignServer server : servers) {
            Map<String, Double> here = latest(server);
            assertThat(here).as("%s knows what it did", server.kind()).isNotEmpty();
            answers.stream()
                    .filter(answer -> answer.isFrom(server))
                    .map(Answer::request)
                    .filter(here::containsKey)
                    .forEach(request -> assertThat(last.getOrDefault(request, 0.0))
                            .as("%s was executed once more after %s had begun to serve it", request, server.kind())
                            .isLessThanOrEqualTo(here.getOrDefault(request, 0.0) + CLOCKS));
        }
    }

    private static Map<String, Double> latest(ForeignServer server) {
        return server.executed().stream()
                .collect(Collectors.toMap(ForeignServer.Execution::request, ForeignServer.Execution::at, Math::max));
    }
}
