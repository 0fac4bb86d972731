// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cli.CommandBench.Outcome;
import dev.penstock.cli.mock.MockServer;
import dev.penstock.cli.mock.MockSettings;
import dev.penstock.config.ConfigLoader;
import dev.penstock.config.LoadedConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that serve until they are told to stop. */
final class ServingTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofMillis(10);
    private static final Pattern URL = Pattern.compile("https?://127\\.0\\.0\\.1:\\d+");

    private final CommandBench bench = new CommandBench();

    @TempDir
    private Path folder;

    @Test
    void runStreamsSaysWhatItIsInOneLineAndEndsWithZeroWhenToldToStop() throws Exception {
        try (MockServer mock = MockServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), MockSettings.defaults(), line -> {})) {
            String file = config(mock.address().getPort());
            CompletableFuture<Outcome> run = bench.start("run", file, "--max-streams-per-route", "7");
            IntConsumer signals = bench.signals();
            String url = awaitUrl(true);

            HttpResponse<String> response = stream(url);
            signals.accept(Signals.TERMINATE);
            Outcome outcome = run.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

            assertThat(response.body()).contains("penstock ").endsWith("data: [DONE]\n\n");
            assertThat(outcome.exitCode()).isZero();
            assertThat(outcome.out()).isEmpty();
            assertThat(outcome.err().lines().findFirst().orElse(""))
                    .matches("penstock: listening on " + url + ", admin http://127\\.0\\.0\\.1:\\d+, configuration "
                            + Pattern.quote(file) + " \\(generation 1\\), 1 route, 1 cluster, 0 plugins, "
                            + "at most 1000 streams, 7 per route, 200 waiting, pid \\d+");
            assertThat(outcome.err()).endsWith("penstock: stopping; once more stops at once" + System.lineSeparator());
        }
    }

    @Test
    void aSecondCtrlCEndsTheProcessAtOnce() throws Exception {
        CompletableFuture<Outcome> run = bench.start("mock", "--listen", "127.0.0.1:0");
        IntConsumer signals = bench.signals();

        signals.accept(Signals.INTERRUPT);
        signals.accept(Signals.INTERRUPT);

        assertThat(bench.halt()).isEqualTo(130);
        assertThat(run.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).exitCode()).isZero();
    }

    @Test
    void runSaysInOneLineThatItCannotBind() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String listen = "127.0.0.1:" + taken.getLocalPort();

            Outcome outcome = bench.run("run", config(1), "--listen", listen);

            assertThat(outcome.exitCode()).isEqualTo(69);
            assertThat(outcome.err())
                    .startsWith("penstock: cannot listen on " + listen)
                    .contains("--listen")
                    .hasLineCount(1);
        }
    }

    @Test
    void runRefusesABadConfigurationWithEveryProblem() throws Exception {
        Path file = Files.writeString(folder.resolve("bad.yaml"), "lisen: a\nworker: {max_streams: many}\n");

        Outcome outcome = bench.run("run", file.toString());

        assertThat(outcome.exitCode()).isEqualTo(78);
        assertThat(outcome.err()).contains("bad.yaml:1:1: lisen", "bad.yaml:2:23: worker.max_streams");
    }

    @Test
    void warnsOfAListenerThatOthersCanReach() {
        LoadedConfig open = new ConfigLoader(Map.of()).parse("test", """
            listen: 0.0.0.0:0
            clusters: [{name: a, instances: [{url: "http://127.0.0.1:1"}]}]
            routes: [{name: r, cluster: a}]
            """, folder, List.of());

        assertThat(StartLine.warnings(open))
                .anyMatch(warning -> warning.contains("can use the upstreams' credentials"))
                .anyMatch(warning -> warning.contains("without TLS"));
    }

    @Test
    void demoShowsACurlLineThatWorksAndServesUntilCtrlC() throws Exception {
        CompletableFuture<Outcome> demo = bench.start("demo", "--listen", "127.0.0.1:0");
        IntConsumer signals = bench.signals();
        String url = awaitUrl(false);

        HttpResponse<String> response = stream(url);
        String shown = bench.out();
        signals.accept(Signals.INTERRUPT);

        assertThat(response.body()).endsWith("data: [DONE]\n\n");
        assertThat(shown).contains("curl -N " + url + "/v1/chat/completions", OneAnswer.REQUEST, "/metrics");
        assertThat(demo.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).exitCode()).isZero();
    }

    @Test
    void demoOncePrintsTheAnswerAndOneLineAboutIt() {
        Outcome outcome = bench.run("demo", "--once");

        assertThat(outcome.exitCode()).isZero();
        List<String> lines = outcome.out().lines().toList();
        assertThat(lines.getFirst()).startsWith("A penstock is the gated pipe that leads water");
        assertThat(lines.getLast())
                .matches("43 events, first token after \\d+ ms, \\d+\\.\\d tokens per second, completed");
    }

    private String config(int upstreamPort) throws IOException {
        return Files.writeString(folder.resolve("penstock.yaml"), """
            listen: 127.0.0.1:0
            admin: 127.0.0.1:0
            clusters: [{name: mock, instances: [{url: "http://127.0.0.1:%d"}]}]
            routes: [{name: r, cluster: mock}]
            """.formatted(upstreamPort))
                .toString();
    }

    /** The first URL that the command has printed; it is printed after the signals were taken over. */
    private String awaitUrl(boolean talk) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            Matcher matcher = URL.matcher(talk ? bench.err() : bench.out());
            if (matcher.find()) {
                return matcher.group();
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
        throw new AssertionError("no URL was printed");
    }

    private static HttpResponse<String> stream(String url) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + OneAnswer.PATH))
                    .timeout(PATIENCE)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(OneAnswer.REQUEST))
                    .build();
            return client.send(request, BodyHandlers.ofString());
        }
    }
}
