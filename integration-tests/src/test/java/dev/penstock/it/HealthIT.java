// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Patience;
import dev.penstock.testing.Playbook;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import dev.penstock.testing.ScriptedUpstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Group H: an instance that is not well gets nothing, from the first moment at which that is known. Confined to one thread per test. */
final class HealthIT {
    private static final String TWO = "LAB_WEIGHT_2=1";
    private static final String THREE = "LAB_WEIGHT_3=1";
    private static final Script WELL = Script.json(200, "{}");
    private static final Script STREAM = Script.stream(ProviderEvents.chat(3));

    @TempDir
    private Path folder;

    /** Plays one script to probes and another to everybody else. */
    private static Playbook probed(Script probe, Script stream) {
        return request -> request.path().equals("/health") ? probe : stream;
    }

    private static void awaitHealthy(Laboratory lab, String instance, boolean healthy, Duration limit) {
        eventually(
                limit,
                () -> assertThat(isUsable(lab, instance))
                        .as("penstock_upstream_healthy of %s", instance)
                        .isEqualTo(healthy));
    }

    private static boolean isUsable(Laboratory lab, String instance) {
        return lab.proxy().metrics().sum("penstock_upstream_healthy", "cluster", "lab", "instance", instance) == 1;
    }

    private static List<Boolean> usable(Laboratory lab) {
        return Stream.of("one", "two", "three")
                .map(instance -> isUsable(lab, instance))
                .toList();
    }

    /** Ways in which a probe fails. */
    enum BadProbe {
        SERVER_ERROR,
        HANGS;

        private Script script() {
            return this == HANGS ? Script.script().silence() : Script.json(500, "{}");
        }
    }

    @ParameterizedTest
    @EnumSource
    @Lab({TWO, THREE, "LAB_PROBE=/health", "LAB_IDLE=60s", "LAB_TOTAL=60s"})
    @DisplayName("H02ac probes find a bad instance within two rounds and let it back after two good ones")
    void probesFindABadInstance(BadProbe bad, Laboratory lab) throws Exception {
        var gate = new CountDownLatch(1);
        Script live = Script.sse()
                .event(ProviderEvents.chatDelta("begun"))
                .gate(gate)
                .event(ProviderEvents.chatDone())
                .end();
        lab.play(1, probed(WELL, STREAM));
        lab.play(2, probed(WELL, live));
        lab.play(3, probed(WELL, STREAM));
        awaitHealthy(lab, "two", true, Patience.seconds(3));
        try (RawHttpClient client = openAt(lab, 2)) {
            lab.upstream(2).forget();
            lab.play(2, probed(bad.script(), live));

            awaitHealthy(lab, "two", false, Patience.seconds(1.6));
            lab.upstreams().forEach(ScriptedUpstream::forget);
            assertThat(Shares.of(lab, 30, 5).get(1)).isZero();
            eventually(
                    Patience.seconds(2),
                    () -> assertThat(lab.upstream(3).requests())
                            .as("probes of the others go on")
                            .filteredOn(request -> !Shares.isTraffic(request))
                            .hasSizeGreaterThan(1));
            assertThat(lab.upstream(2).liveStreamsHighWater())
                    .as("the live stream and at most one probe")
                    .isLessThanOrEqualTo(2);

            gate.countDown();
            assertThat(client.readRest().end().isClean())
                    .as("the live stream is untouched")
                    .isTrue();
        }
        lab.play(2, probed(WELL, STREAM));
        awaitHealthy(lab, "two", true, Patience.seconds(3));
        assertThat(Shares.of(lab, 30, 5).get(1)).isEqualTo(10);
    }

    /** A live stream at that instance; others that were opened on the way are left. */
    private static RawHttpClient openAt(Laboratory lab, int upstream) throws IOException {
        for (int i = 0; i < 100; i++) {
            RawHttpClient client = lab.connect();
            client.send(Calls.chat()).readEventsAfterHead(1);
            if (lab.upstream(upstream).requests().stream().anyMatch(Shares::isTraffic)) {
                return client;
            }
            client.readRest();
            client.close();
        }
        throw new AssertionError("of a hundred streams none went to instance " + upstream);
    }

    @Test
    @DisplayName(
            "H02bd a refused connection is a bad probe, and an instance that fails every other probe does not flap")
    void refusedAndFlappingProbes() throws Exception {
        int port = Ports.free();
        try (var lab = Laboratory.open(Map.of(
                "LAB_UPSTREAM_2", "http://127.0.0.1:" + port,
                "LAB_WEIGHT_2", "1",
                "LAB_WEIGHT_3", "1",
                "LAB_PROBE", "/health",
                "LAB_PROBE_INTERVAL", "100ms",
                "LAB_RETRY_ATTEMPTS", "2"))) {
            awaitHealthy(lab, "two", false, Patience.seconds(2));
            var probes = new AtomicInteger();
            lab.play(
                    3,
                    request -> request.path().equals("/health") && probes.incrementAndGet() % 2 == 0
                            ? Script.json(500, "{}")
                            : STREAM);

            eventually(Patience.seconds(5), () -> assertThat(probes).hasValueGreaterThan(12));
            assertThat(lab.growth("penstock_health_transitions_total", "cluster", "lab", "instance", "three"))
                    .as("transitions of the flapping instance")
                    .isLessThanOrEqualTo(2);

            var socket = new ServerSocket(port, 100, InetAddress.getLoopbackAddress());
            try (var healed = ScriptedUpstream.startOn(socket, probed(WELL, STREAM))) {
                awaitHealthy(lab, "two", true, Patience.seconds(2));
                Shares.of(lab, 30, 5);
                assertThat(healed.requests()).filteredOn(Shares::isTraffic).hasSize(10);
            }
            awaitHealthy(lab, "two", false, Patience.seconds(2));
            lab.check(true);
            assertThat(lab.proxy().process().output())
                    .as("transitions in the log, with their evidence")
                    .contains("instance lab/two: unknown -> unhealthy: 2 probes failed: CONNECT_FAILED")
                    .contains("instance lab/two: unhealthy -> healthy: 2 probes passed");
        }
    }

    /** What real streams see of an instance that is not well. */
    enum BadAnswer {
        BAD_GATEWAY,
        RESET,
        ERROR_IN_200,
        CUT;

        private Script script() {
            return switch (this) {
                case BAD_GATEWAY -> Script.json(502, "{}");
                case RESET -> Script.script().reset();
                case ERROR_IN_200 ->
                    Script.sse()
                            .event("data: {\"error\":{\"message\":\"boom\"}}\n\n")
                            .end();
                case CUT -> Script.sse().events(ProviderEvents.chatDeltas(2)).end();
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    @Lab({TWO, THREE, "LAB_EJECT_AFTER=5", "LAB_EJECT_TIME=1s"})
    @DisplayName("H03 ejects an instance after five failures, and gives it a trial when the time is over")
    void ejectsOnFailures(BadAnswer bad, Laboratory lab) throws Exception {
        awaitAllUsable(lab);
        lab.play(request -> bad.script());
        int failed = 0;
        for (int i = 0; isUsable(lab, "one"); i++) {
            assertThat(i).as("requests until the ejection").isLessThan(16);
            Response response = lab.callToTheEnd(Calls.chat());
            failed += response.status() == 200 && response.text().contains("[DONE]") ? 0 : 1;
        }
        assertThat(failed).isEqualTo(5);
        int asked = lab.upstream(1).requests().size();
        long ejected = System.nanoTime();
        while (Patience.since(ejected).compareTo(Duration.ofMillis(300)) < 0) {
            assertThat(lab.call(Calls.chat()).status()).isEqualTo(200);
        }
        assertThat(lab.upstream(1).requests()).hasSize(asked);

        lab.play(request -> STREAM);
        eventually(Patience.seconds(3), () -> {
            lab.call(Calls.chat());
            assertThat(lab.upstream(1).requests()).hasSizeGreaterThan(asked);
        });
        awaitAllUsable(lab);
        assertThat(Shares.of(lab, 30, 3)).isEqualTo(List.of(10L, 10L, 10L));
    }

    /** Streams until everybody is in full standing, also those that a former test has ejected. */
    private static void awaitAllUsable(Laboratory lab) {
        eventually(Patience.seconds(5), () -> {
            lab.call(Calls.chat());
            String page = lab.proxy().admin("/clusters").text();
            assertThat(page).doesNotContain("on trial", "ejected\"", "first token after");
        });
        lab.upstreams().forEach(ScriptedUpstream::forget);
    }

    @Test
    @Lab(
            value = {TWO, THREE, "LAB_EJECT_AFTER=2", "LAB_EJECT_TIME=20s"},
            freshStream = false)
    @DisplayName("H03 says at once that nobody is healthy, and when to come back")
    void refusesWhenNobodyIsHealthy(Laboratory lab) throws IOException {
        for (int n = 1; n <= 3; n++) {
            lab.play(n, request -> Script.json(502, "{}"));
        }
        for (int i = 0; i < 6; i++) {
            assertThat(lab.callToTheEnd(Calls.chat()).status()).isEqualTo(502);
        }
        Response refused = lab.call(Calls.chat());

        Protocol.CHAT.assertRefusal(refused, 503);
        assertThat(refused.untilHead()).isLessThan(Patience.seconds(0.1));
        assertThat(Integer.parseInt(refused.header("retry-after").orElseThrow()))
                .isBetween(1, 30);
        lab.assertRefusals(Map.of("no_healthy_instance", 1L));
        assertThat(lab.upstreams().stream()
                        .mapToInt(upstream -> upstream.requests().size())
                        .sum())
                .isEqualTo(6);
    }

    @Test
    @DisplayName("H03 never ejects more than the configured share, and tries all where that is configured")
    void keepsTheShareAndTriesAll() throws Exception {
        LabFile file = LabFile.in(folder)
                .weights(1, 1, 1)
                .replace("max_ejected: 100%", "max_ejected: 34%")
                .replace("all_unhealthy: fail", "all_unhealthy: try_all");
        Map<String, String> variables = Map.of("LAB_EJECT_AFTER", "2", "LAB_EJECT_TIME", "2s");
        try (var lab = Laboratory.open(file.path(), variables)) {
            for (int n = 1; n <= 3; n++) {
                lab.play(n, request -> Script.json(502, "{}"));
            }
            for (int i = 0; i < 30; i++) {
                assertThat(lab.callToTheEnd(Calls.chat()).status()).isEqualTo(502);
            }
            assertThat(usable(lab)).containsOnlyOnce(false);
            assertThat(lab.refusals()).isEmpty();

            file.replace("max_ejected: 34%", "max_ejected: 100%").reload(lab);
            for (int i = 0; i < 12; i++) {
                assertThat(lab.callToTheEnd(Calls.chat()).status())
                        .as("all are tried")
                        .isEqualTo(502);
            }
            assertThat(usable(lab)).containsOnly(false);
            for (int n = 1; n <= 3; n++) {
                lab.play(n, request -> STREAM);
            }
            assertThat(lab.call(Calls.chat()).status()).as("and found to work").isEqualTo(200);
            lab.check(true);
        }
    }

    private static final List<String> BALANCERS = List.of(
            "round_robin",
            "least_streams",
            "peak_ewma",
            "random_two",
            "{consistent_hash: consumer}",
            "{consistent_hash: {header: x-user}}",
            "{consistent_hash: {prompt_prefix: 64}}");

    @Test
    @DisplayName("the incident: known dead, reloaded, no checker has run yet, and not one request goes there, whatever"
            + " balances")
    void noReloadForgetsTheDead() throws Exception {
        LabFile file = LabFile.in(folder).weights(1, 1, 1);
        Map<String, String> variables =
                Map.of("LAB_PROBE", "/health", "LAB_PROBE_INTERVAL", "200ms", "LAB_CAP_CONSUMER", "off");
        try (var lab = Laboratory.open(file.path(), variables)) {
            lab.play(2, probed(Script.json(500, "{}"), STREAM));
            awaitHealthy(lab, "two", false, Patience.seconds(2));
            // From here on no probe will run for an hour: what is known must be enough.
            file.replace("${LAB_PROBE_INTERVAL:-500ms}", "1h").reload(lab);
            lab.play(2, request -> STREAM);
            for (String balancer : BALANCERS) {
                file.balancer(balancer).reload(lab);
                lab.upstreams().forEach(ScriptedUpstream::forget);
                Shares.of(lab, 60, 6);
                assertThat(lab.upstream(2).requests().stream().filter(Shares::isTraffic))
                        .as("requests to the dead instance with %s", balancer)
                        .isEmpty();
                obeysAnOperator(lab, balancer);
            }
            lab.check(true);
        }
    }

    /** The very next pick knows of a drain and of its end. */
    private static void obeysAnOperator(Laboratory lab, String balancer) throws Exception {
        assertThat(drain(lab, "three", "drain")).isEqualTo(200);
        assertThat(Shares.of(lab, 12, 1).get(2))
                .as("drained, with %s", balancer)
                .isZero();
        assertThat(drain(lab, "one", "drain")).isEqualTo(200);
        assertThat(lab.call(Calls.chat()).status()).isEqualTo(503);
        assertThat(drain(lab, "three", "undrain")).isEqualTo(200);
        assertThat(Shares.of(lab, 3, 1)).as("undrained, with %s", balancer).isEqualTo(List.of(0L, 0L, 3L));
        assertThat(drain(lab, "one", "undrain")).isEqualTo(200);
    }

    private static int drain(Laboratory lab, String instance, String what) throws IOException {
        return lab.proxy()
                .admin(RawRequest.of("POST", "/clusters/lab/" + instance + "/" + what))
                .status();
    }
}
