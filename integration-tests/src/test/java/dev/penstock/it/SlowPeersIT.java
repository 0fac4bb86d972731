// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Exchange;
import dev.penstock.testing.Patience;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.Script;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The tests of group T whose peers are slow on purpose: each is ended in time, and those beside them notice nothing. Confined to one
 * thread per test.
 */
@Lab
@Isolated("measures delays")
final class SlowPeersIT {
    @Test
    @Lab({"LAB_CAP_CONSUMER=40", "LAB_CAP_ROUTE=40"})
    @DisplayName("T05 ends two hundred slow heads in time while normal streams stay prompt")
    void endsSlowHeads(Laboratory lab) throws Exception {
        lab.play(LatencyProbe.script(100, Duration.ofMillis(40)));

        List<Optional<LatencyProbe>> probes = lab.atOnce(220, i -> {
            if (i < 20) {
                return Optional.of(LatencyProbe.read(lab, Calls.chat()));
            }
            slowHead(lab);
            return Optional.empty();
        });

        var all =
                LatencyProbe.together(probes.stream().flatMap(Optional::stream).toList());
        assertThat(all.quantile(0.99)).as("p99 lag").isLessThan(Patience.patient(Duration.ofMillis(100)));
        lab.assertOutcome("completed", 20);
    }

    private static void slowHead(Laboratory lab) throws Exception {
        try (var client = lab.connect()) {
            long start = System.nanoTime();
            client.patience(Duration.ofSeconds(1));
            String head = "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nX-Slow: yes\r\n";
            for (int i = 0; i < head.length(); i++) {
                if (trickle(client, head.substring(i, i + 1))) {
                    Patience.assertOnTime(Patience.since(start), Duration.ofSeconds(2));
                    return;
                }
            }
            throw new AssertionError("a slow head lived for " + Patience.since(start));
        }
    }

    /** Sends a byte, waits for the client's patience, and tells whether the peer has ended it. */
    private static boolean trickle(RawHttpClient client, String bytes) throws IOException {
        try {
            client.send(bytes);
            var head = client.tryReadHead();
            head.ifPresent(h -> assertThat(h.status()).isIn(400, 408, 413));
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (SocketException e) {
            return true;
        }
    }

    @Test
    @DisplayName("T06 ends slow bodies at the body deadline and asks nobody upstream")
    void endsSlowBodies(Laboratory lab) throws Exception {
        String counted = "POST " + Calls.CHAT
                + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n";
        String chunked = "POST " + Calls.CHAT
                + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";

        lab.atOnce(2, i -> {
            try (var client = lab.connect()) {
                client.send(i == 0 ? counted : chunked);
                long start = System.nanoTime();
                client.patience(Duration.ofMillis(i == 0 ? 1000 : 1));
                while (!trickle(client, i == 0 ? " " : "1\r\n \r\n")) {
                    assertThat(Patience.since(start)).isLessThan(Patience.latest(Duration.ofSeconds(4)));
                }
                assertThat(Patience.since(start)).isLessThan(Patience.latest(Duration.ofSeconds(3)));
                return i;
            }
        });

        assertThat(lab.upstream().exchanges()).isEmpty();
    }

    @Test
    @DisplayName("T07 ends a stream whose reader has stopped, and takes little from its upstream")
    void endsAStreamWhoseReaderStopped(Laboratory lab) throws Exception {
        String block = ProviderEvents.chatDelta("x".repeat(16 << 10));
        lab.play(request -> request.mentions("stopped")
                ? Script.sse().forever(i -> block, Duration.ZERO)
                : LatencyProbe.script(50, Duration.ofMillis(20)));
        try (var client = lab.connect(16 << 10)) {
            client.send(Calls.chat("stopped").consumer("stopped")).readHead();
            Exchange exchange = lab.upstream().awaitOnlyExchange();
            long start = System.nanoTime();

            LatencyProbe.readPrompt(lab, Calls.chat("prompt"));

            exchange.awaitDeparture(Duration.ofSeconds(10));
            Patience.assertOnTime(Patience.since(start), Duration.ofSeconds(2));
            assertThat(exchange.bytesSent()).as("taken from the upstream").isLessThan(8 << 20);
        }
        lab.assertOutcomes(Map.of("slow_client", 1L, "completed", 1L));
    }
}
