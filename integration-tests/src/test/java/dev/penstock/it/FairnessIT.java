// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Patience;
import dev.penstock.testing.Pause;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * O05: four model servers that pump as fast as they can, to readers that are as fast, do not delay a hundred streams of twenty events
 * a second, nor the operators. Without turns they do, so that we know what cures it. Confined to one thread.
 */
@Isolated("measures delays")
final class FairnessIT {
    private static final Map<String, String> ROOM = Map.of(
            "PENSTOCK_JVM_OPTS", ProxyProcess.HEAP + " -XX:ActiveProcessorCount=2",
            "LAB_CAP_WORKER", "200",
            "LAB_CAP_ROUTE", "200",
            "LAB_CAP_CONSUMER", "off",
            "LAB_IDLE", "30s",
            "LAB_TOTAL", "60s",
            "LAB_WEIGHT_1", "0",
            "LAB_WEIGHT_2", "1");

    private static final int STREAMS = 100;
    private static final int SECONDS = 4;
    private static final Duration PACE = Duration.ofMillis(50);
    private static final long DUE = STREAMS * SECONDS * 20L;

    /** What the paced streams and the operators saw beside the pumping ones. Immutable. */
    private record Beside(SseBench.Seen paced, SseBench.Seen pumped, Duration slowestLivez) {}

    @Test
    @DisplayName("O05 keeps paced streams and operators prompt beside streams that pump")
    void keepsPacedStreamsPrompt() throws IOException {
        Beside seen = measure(Map.of());

        assertThat(seen.paced().events()).as("%s", seen).isGreaterThan(DUE * 3 / 4);
        assertThat(seen.paced().p99()).as("%s", seen).isLessThan(Patience.patient(Duration.ofMillis(50)));
        assertThat(seen.slowestLivez()).as("%s", seen).isLessThan(Patience.patient(Duration.ofMillis(100)));
        assertThat(seen.pumped().events()).as("%s", seen).isGreaterThan(10 * DUE);
    }

    @Test
    @DisplayName("O05 starves paced streams when turns are switched off")
    void starvesThemWithoutTurns() throws IOException {
        Beside seen = measure(Map.of("LAB_TURN_EVENTS", "off", "LAB_TURN_BYTES", "off", "LAB_TURN_TIME", "off"));

        boolean mostNeverCame = seen.paced().events() < DUE / 2;
        boolean halfCameLate = seen.paced().median().compareTo(Duration.ofMillis(50)) > 0;
        assertThat(mostNeverCame || halfCameLate).as("starved: %s", seen).isTrue();
    }

    @Test
    @DisplayName("O05 lets one carrier work while little is to do, and all of them beside streams that pump")
    void workWithAsManyCarriersAsNeeded() throws IOException {
        try (var bench = new SseBench()) {
            var environment = new HashMap<>(ROOM);
            environment.put("LAB_UPSTREAM_1", bench.serve(Duration.ZERO));
            try (var proxy = PackagedProxy.start(environment)) {
                eventually(
                        Patience.seconds(20), () -> assertThat(carriers(proxy)).isEqualTo(1));
                SseBench.Load pumping = bench.load(proxy.port(), "b-model", 4, SECONDS);
                eventually(
                        Patience.seconds(SECONDS),
                        () -> assertThat(carriers(proxy)).isEqualTo(2));
                pumping.await();
                eventually(
                        Patience.seconds(20), () -> assertThat(carriers(proxy)).isEqualTo(1));
            }
        }
    }

    private static double carriers(PackagedProxy proxy) throws IOException {
        return proxy.metrics().sum("penstock_carriers");
    }

    /** Route b leads to the pumping server, route a to the paced one. */
    private static Beside measure(Map<String, String> turns) throws IOException {
        try (var bench = new SseBench()) {
            var environment = new HashMap<>(ROOM);
            environment.putAll(turns);
            environment.put("LAB_UPSTREAM_1", bench.serve(Duration.ZERO));
            environment.put("LAB_UPSTREAM_2", bench.serve(PACE));
            try (var proxy = PackagedProxy.start(environment)) {
                bench.load(proxy.port(), "lab-model", STREAMS, 1).await();
                SseBench.Load pumping = bench.load(proxy.port(), "b-model", 4, SECONDS + 3);
                Pause.of(Duration.ofSeconds(2));
                SseBench.Load paced = bench.load(proxy.port(), "lab-model", STREAMS, SECONDS);
                Duration slowest = slowestLivez(proxy, paced);
                return new Beside(paced.await(), pumping.await(), slowest);
            }
        }
    }

    private static Duration slowestLivez(PackagedProxy proxy, SseBench.Load during) throws IOException {
        Duration slowest = Duration.ZERO;
        while (during.isRunning()) {
            long start = System.nanoTime();
            assertThat(proxy.admin("/livez").status()).isEqualTo(200);
            Duration took = Patience.since(start);
            slowest = took.compareTo(slowest) > 0 ? took : slowest;
            Pause.ofMillis(100);
        }
        return slowest;
    }
}
