// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Patience;
import dev.penstock.testing.Pause;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import dev.penstock.testing.ScriptedUpstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Group R: how the process ends, and how it refuses to begin. Confined to one thread per test. */
final class OperationsIT {
    private static PackagedProxy start(ScriptedUpstream upstream, String... variables) {
        var environment = new HashMap<>(Map.of("LAB_UPSTREAM_1", upstream.url()));
        for (String line : variables) {
            int equals = line.indexOf('=');
            environment.put(line.substring(0, equals), line.substring(equals + 1));
        }
        return PackagedProxy.start(environment);
    }

    private static int ready(PackagedProxy proxy) throws IOException {
        return proxy.admin("/readyz").status();
    }

    @Test
    @DisplayName("R04 drains: unready at once, new requests refused, live streams complete, exit 0")
    void drains() throws Exception {
        Script threeSeconds = Script.stream(ProviderEvents.chat(26), Duration.ofMillis(100));
        try (var upstream = ScriptedUpstream.start(threeSeconds);
                var proxy = start(upstream, "LAB_DRAIN_DELAY=1s", "LAB_DRAIN=8s")) {
            List<RawHttpClient> clients = Stream.generate(() -> RawHttpClient.connect(proxy.port()))
                    .limit(10)
                    .toList();
            for (int i = 0; i < clients.size(); i++) {
                clients.get(i).send(Calls.chat().consumer("consumer-" + i % 4)).readEventsAfterHead(1);
            }
            var late = RawHttpClient.connect(proxy.port());

            proxy.process().terminate();

            eventually(Patience.seconds(0.5), () -> assertThat(ready(proxy)).isEqualTo(503));
            assertThat(proxy.metrics().sum("penstock_draining")).isEqualTo(1);
            try (var early = RawHttpClient.connect(proxy.port())) {
                early.send(Calls.chat().consumer("early"));
                assertThat(early.readHead().status())
                        .as("during the drain delay")
                        .isEqualTo(200);
            }
            eventually(Patience.seconds(2), () -> assertThat(models(proxy)).isEqualTo(503));
            assertDraining(late);
            for (RawHttpClient client : clients) {
                client.readBody();
                assertThat(client.end().isClean()).isTrue();
                client.close();
            }
            OptionalInt exit = proxy.process().awaitExit(Patience.seconds(1.5));
            assertThat(exit).as("exit within a second of the last stream").hasValue(0);
        }
    }

    /** The status of a request that costs nobody a permit. */
    private static int models(PackagedProxy proxy) throws IOException {
        try (var client = RawHttpClient.connect(proxy.port())) {
            return client.exchange(RawRequest.get("/v1/models")).status();
        }
    }

    /** On a connection that was open before: a refusal in the protocol's envelope, and the end of the connection. */
    private static void assertDraining(RawHttpClient client) throws IOException {
        Response response = client.exchange(Calls.chat().consumer("late"));
        Protocol.CHAT.assertRefusal(response, 503);
        assertThat(response.header("connection").orElse("")).isEqualToIgnoringCase("close");
        assertThat(client.isClosedByPeerWithin(Patience.seconds(1))).isTrue();
        client.close();
    }

    private static Script endless() {
        return Script.sse().forever(i -> ProviderEvents.chatDelta("t" + i), Duration.ofMillis(100));
    }

    @Test
    @DisplayName("R05 ends what still lives at the drain deadline, with an error event, and exits 0")
    void endsStreamsAtTheDrainDeadline() throws Exception {
        try (var upstream = ScriptedUpstream.start(endless());
                var proxy = start(upstream, "LAB_TOTAL=60s");
                var client = RawHttpClient.connect(proxy.port())) {
            client.send(Calls.chat()).readEventsAfterHead(1);
            long signalled = System.nanoTime();
            proxy.process().terminate();

            Response response = client.readRest();
            Duration took = Patience.since(signalled);

            Protocol.CHAT.assertCut(response, "");
            Patience.assertOnTime(took, Duration.ofSeconds(5));
            assertThat(proxy.process().awaitExit(Patience.seconds(2))).hasValue(0);
            assertThat(String.join("\n", proxy.process().stdout())).contains("\"shutdown\"");
        }
    }

    @Test
    @DisplayName("R05 ends at once at the second signal")
    void endsAtTheSecondSignal() throws Exception {
        try (var upstream = ScriptedUpstream.start(endless());
                var proxy = start(upstream, "LAB_TOTAL=60s");
                var client = RawHttpClient.connect(proxy.port())) {
            client.send(Calls.chat()).readEventsAfterHead(1);
            proxy.process().terminate();
            eventually(Patience.seconds(2), () -> assertThat(models(proxy)).isEqualTo(503));
            proxy.process().terminate();

            assertThat(proxy.process().awaitExit(Patience.seconds(1)))
                    .as("exit after the second signal")
                    .isPresent();
        }
    }

    /** A start that must fail. */
    record BadStart(String name, Map<String, String> environment, String config, List<Integer> exits) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static String minimal(String more) {
        return "listen: \"${LAB_LISTEN}\"\n"
                + "admin: {listen: \"${LAB_ADMIN}\"}\n"
                + "clusters:\n"
                + "  - name: c\n"
                + "    instances: [{url: \"http://127.0.0.1:1\"}]\n"
                + "routes:\n"
                + "  - {cluster: c}\n"
                + more;
    }

    static List<BadStart> badStarts() {
        return List.of(
                new BadStart("port taken", Map.of("LAB_LISTEN", "TAKEN"), minimal(""), List.of(69)),
                new BadStart("admin port taken", Map.of("LAB_ADMIN", "TAKEN"), minimal(""), List.of(69)),
                new BadStart("config missing", Map.of(), "", List.of(78)),
                new BadStart("config is no YAML", Map.of(), "listen: [", List.of(78)),
                new BadStart("unknown key", Map.of(), minimal("lisen: x\n"), List.of(78)),
                new BadStart(
                        "missing variable", Map.of(), minimal("log: {level: \"${NO_SUCH_VARIABLE}\"}\n"), List.of(78)),
                new BadStart(
                        "plugin directory absent",
                        Map.of(),
                        minimal("plugins: {directory: /no/such/folder, chain: [{id: x}]}\n"),
                        List.of(78)),
                new BadStart("admin open to the world", Map.of("LAB_ADMIN", "0.0.0.0:0"), minimal(""), List.of(78)),
                new BadStart("one port for both", Map.of("LAB_ADMIN", "SAME"), minimal(""), List.of(78)));
    }

    @ParameterizedTest
    @MethodSource("badStarts")
    @DisplayName("R06 refuses to start with one clear message and the documented exit code, and never listens")
    void refusesToStart(BadStart bad) throws IOException {
        int port = Ports.free();
        int adminPort = Ports.free();
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var environment =
                    new HashMap<>(Map.of("LAB_LISTEN", "127.0.0.1:" + port, "LAB_ADMIN", "127.0.0.1:" + adminPort));
            environment.putAll(bad.environment());
            environment.replaceAll((name, value) ->
                    value.replace("TAKEN", "127.0.0.1:" + taken.getLocalPort()).replace("SAME", "127.0.0.1:" + port));
            Path folder = Distribution.work("start-" + bad.name().replace(' ', '-'));
            Path config = config(bad, folder);
            long start = System.nanoTime();
            try (var process = ProxyProcess.start(folder, environment, "run", config.toString())) {
                boolean listened = false;
                while (process.isAlive() && Patience.since(start).compareTo(Patience.seconds(10)) < 0) {
                    listened |= answers(port) || answers(adminPort);
                    Pause.ofMillis(1); // without, it would take a whole core from the process it looks at
                }
                assertThat(process.awaitExit(Duration.ofSeconds(1)))
                        .as(process.output())
                        .isPresent();
                assertThat(Patience.since(start)).isLessThan(Patience.seconds(3));
                assertThat(process.awaitExit(Duration.ofSeconds(1)).orElseThrow())
                        .as(process.output())
                        .isIn(bad.exits());
                assertThat(listened && bad.exits().contains(78)).as("listened").isFalse();
                assertThat(process.stderr()).as(process.output()).isNotEmpty();
                assertThat(process.output()).doesNotContain("\tat ", "Exception in thread");
            }
        }
    }

    private static boolean answers(int port) {
        try (var client = RawHttpClient.connect(port)) {
            return client.socket().isConnected();
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private static Path config(BadStart bad, Path folder) throws IOException {
        Path file = folder.resolve("penstock.yaml");
        Files.deleteIfExists(file);
        if (!bad.config().isEmpty()) {
            Files.writeString(file, bad.config());
        }
        return file;
    }

    @Test
    @DisplayName("R the launcher starts again after an end by force")
    void startsAgainAfterAnEndByForce() throws Exception {
        try (var upstream = ScriptedUpstream.start(Script.stream(ProviderEvents.chat(1)))) {
            try (var proxy = start(upstream)) {
                proxy.process().signal("KILL");
                assertThat(proxy.process().awaitExit(Duration.ofSeconds(5))).isPresent();
            }
            try (var proxy = start(upstream);
                    var client = RawHttpClient.connect(proxy.port())) {
                assertThat(client.exchange(Calls.chat()).status()).isEqualTo(200);
            }
        }
    }
}
