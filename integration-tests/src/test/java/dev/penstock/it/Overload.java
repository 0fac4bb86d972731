// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Exchange;
import dev.penstock.testing.Patience;
import dev.penstock.testing.Pause;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * O09: five times the capacity for a while, half of the clients leaving when they like. What the abandoned streams have burnt is
 * taken off the capacity before the throughput is judged. Thread-safe: atomics.
 */
final class Overload {
    private static final Duration STREAM = Duration.ofSeconds(1);

    private final Laboratory lab;
    private final int capacity;
    private final Duration length;
    private final AtomicLong completed = new AtomicLong();
    private final AtomicLong slowestControl = new AtomicLong();
    private final long seed = System.nanoTime();

    Overload(Laboratory lab, int capacity, Duration length) {
        this.lab = lab;
        this.capacity = capacity;
        this.length = length;
    }

    void run() throws Exception {
        lab.play(request -> request.mentions("latency")
                ? LatencyProbe.script(100, Duration.ofMillis(20))
                : Script.sse()
                        .event(ProviderEvents.chatDelta("first"))
                        .pause(STREAM)
                        .event(ProviderEvents.chatDone())
                        .end());
        long end = System.nanoTime() + length.toNanos();
        int clients = capacity * 5;
        lab.atOnce(clients + 1, i -> i < clients ? client(i, end) : control(end));
        assertThroughput(end);
        assertThat(Duration.ofNanos(slowestControl.get()))
                .as("slowest answer of the admin listener")
                .isLessThan(Patience.seconds(1));
        LatencyProbe.readPrompt(lab, Calls.chat("latency").consumer("probe"));
    }

    private void assertThroughput(long end) {
        double burnt = lab.upstream().exchanges().stream()
                .mapToDouble(exchange -> burnt(exchange, end))
                .sum();
        // Nothing completes in the first second.
        double possible = capacity * length.minus(STREAM).toMillis() / 1000.0 - burnt;
        assertThat((double) completed.get())
                .as("completed of %s possible, %s stream seconds abandoned, seed %s", possible, burnt, seed)
                .isGreaterThan(possible * 0.8);
        assertThat(lab.upstream().liveStreamsHighWater())
                .as("the cap at the upstream")
                .isLessThanOrEqualTo(capacity + 2);
    }

    private static double burnt(Exchange exchange, long end) {
        return exchange.departure()
                .map(left -> Math.max(
                                0,
                                Math.min(left.atNanos(), end)
                                        - exchange.request().atNanos())
                        / 1e9)
                .orElse(0.0);
    }

    /** One request a second, whatever becomes of it. */
    private int client(int index, long end) throws Exception {
        var random = new Random(seed + index);
        RawRequest request = Calls.chat().consumer("consumer-" + index % capacity);
        Pause.ofMillis(random.nextInt(1000));
        while (System.nanoTime() < end) {
            long next = System.nanoTime() + STREAM.toNanos();
            if (index % 2 == 0) {
                abandon(request, random.nextInt(1000));
            } else if (complete(request) && System.nanoTime() < end) {
                completed.incrementAndGet();
            }
            Pause.until(next);
        }
        return index;
    }

    private void abandon(RawRequest request, int afterMillis) throws Exception {
        try (var client = lab.connect()) {
            client.send(request);
            Pause.ofMillis(afterMillis);
        }
    }

    private boolean complete(RawRequest request) throws IOException {
        var response = lab.call(request);
        assertThat(response.status()).as("%s", response).isIn(200, 429, 503);
        return response.status() == 200 && response.end().isClean();
    }

    private int control(long end) throws Exception {
        int asked = 0;
        while (System.nanoTime() < end) {
            for (String path : List.of("/livez", "/readyz", "/metrics")) {
                long start = System.nanoTime();
                assertThat(lab.proxy().admin(path).status()).isEqualTo(200);
                slowestControl.accumulateAndGet(System.nanoTime() - start, Math::max);
                asked++;
            }
            Pause.ofMillis(500);
        }
        return asked;
    }
}
