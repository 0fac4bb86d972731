// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Arrival;
import dev.penstock.testing.Patience;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** How long events take from the upstream's write to the client's read. Immutable. */
record LatencyProbe(List<Long> lagsNanos, long heldBack) {
    private static final Pattern STAMP = Pattern.compile("t=(\\d+)");
    private static final long VISIBLE = Patience.patient(Duration.ofMillis(20)).toNanos();

    LatencyProbe {
        lagsNanos = List.copyOf(lagsNanos);
    }

    /** A stream of stamped events. */
    static Script script(int events, Duration pace) {
        return Script.sse()
                .then(c -> {
                    for (int i = 0; i < events; i++) {
                        c.event(ProviderEvents.chatDelta("t=" + System.nanoTime()));
                        c.pause(pace);
                    }
                })
                .event(ProviderEvents.chatDone())
                .end();
    }

    /** Reads one stamped stream through the proxy. */
    static LatencyProbe read(Laboratory lab, RawRequest request) throws IOException {
        var lags = new ArrayList<Long>();
        long heldBack = 0;
        try (var client = lab.connect()) {
            assertThat(client.send(request).readHead().status()).isEqualTo(200);
            Optional<Arrival> arrival = client.readSome();
            while (arrival.isPresent()) {
                List<Long> together = lags(arrival.get());
                lags.addAll(together);
                if (together.size() > 1 && together.getFirst() > VISIBLE) {
                    heldBack++;
                }
                arrival = client.readSome();
            }
            assertThat(client.end().isClean()).isTrue();
        }
        return new LatencyProbe(lags, heldBack);
    }

    private static List<Long> lags(Arrival arrival) {
        return STAMP.matcher(arrival.text())
                .results()
                .map(match -> arrival.atNanos() - Long.parseLong(match.group(1)))
                .toList();
    }

    static LatencyProbe together(List<LatencyProbe> probes) {
        var lags = new ArrayList<Long>();
        probes.forEach(probe -> lags.addAll(probe.lagsNanos()));
        return new LatencyProbe(
                lags, probes.stream().mapToLong(LatencyProbe::heldBack).sum());
    }

    Duration first() {
        return Duration.ofNanos(lagsNanos.getFirst());
    }

    Duration quantile(double q) {
        var sorted = new ArrayList<>(lagsNanos);
        Collections.sort(sorted);
        return Duration.ofNanos(sorted.get((int) Math.min(sorted.size() - 1L, Math.round(q * sorted.size()))));
    }

    /** S02: reads one stamped stream, with no delay but what the rest of the machine does to three threads one after the other. */
    static LatencyProbe readPrompt(Laboratory lab, RawRequest request) throws IOException {
        try (var stalls = Stalls.watch()) {
            LatencyProbe probe = read(lab, request);
            probe.assertPrompt(0.5, Duration.ofMillis(5), stalls);
            probe.assertPrompt(0.99, Duration.ofMillis(50), stalls);
            assertThat(probe.first())
                    .as("lag of the first event")
                    .isLessThanOrEqualTo(allowed(0.99, Duration.ofMillis(50), stalls));
            return probe;
        }
    }

    private void assertPrompt(double q, Duration limit, Stalls stalls) {
        assertThat(quantile(q))
                .as("lag, quantile %s, where the machine stalls for %s", q, stalls.quantile(q))
                .isLessThanOrEqualTo(allowed(q, limit, stalls));
    }

    /**
     * The threads are the proxy's poller, its carrier, and the client's. What they are excused is bounded, because a proxy that keeps
     * the processors busy for nothing stalls the machine too.
     */
    private static Duration allowed(double q, Duration limit, Stalls stalls) {
        Duration stalled = stalls.quantile(q).multipliedBy(3);
        Duration most = limit.multipliedBy(2);
        return Patience.patient(limit).plus(stalled.compareTo(most) < 0 ? stalled : most);
    }
}
