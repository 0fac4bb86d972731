// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.it.faults.SlowFactory;
import dev.penstock.testing.PluginJar;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * What slow observers cost the client: nothing. The same proxy relays streams that nobody watches and streams that six observers
 * watch, in turns, because only a ratio of figures from one run means anything. Confined to one thread.
 */
@Tag("soak")
@Isolated("measures delays")
final class PluginLoadIT {
    private static final int STREAMS = 200;
    private static final int EVENTS = 100;
    private static final int ROUNDS = 5;
    private static final Duration PACE = Duration.ofMillis(50);

    /** Six observers that take 5 ms over each event. Immutable. */
    static final class SixSlow implements LabPlugins {
        @Override
        public void place(Path directory) throws IOException {
            PluginJar.compiled("slow", SlowFactory.class).write(directory.resolve("slow.jar"));
        }

        @Override
        public String chain() {
            return IntStream.rangeClosed(1, 6)
                    .mapToObj(i -> "- {id: slow, name: slow-" + i + ", config: {time: 5ms}}")
                    .collect(Collectors.joining("\n"));
        }
    }

    @Test
    @Lab(
            value = {
                "LAB_CAP_CONSUMER=off",
                "LAB_CAP_ROUTE=off",
                "LAB_CAP_WORKER=300",
                "LAB_TOTAL=60s",
                "LAB_FIRST_BYTE=30s",
                "LAB_IDLE=30s",
                "LAB_WRITE_STALL=30s"
            },
            plugins = SixSlow.class)
    @DisplayName("six observers of 5 ms on each of 200 streams leave the client's p99 event delay within 1.2 times")
    void costsTheClientNothing(Laboratory lab) throws Exception {
        lab.play(request -> LatencyProbe.script(EVENTS, PACE));
        p99Micros(lab, "unwatched"); // The first of each is for the JIT.
        p99Micros(lab, "watched");
        var unwatched = new ArrayList<Long>();
        var watched = new ArrayList<Long>();
        for (int round = 0; round < ROUNDS; round++) {
            unwatched.add(p99Micros(lab, "unwatched"));
            watched.add(p99Micros(lab, "watched"));
        }

        double ratio = (double) median(watched) / median(unwatched);
        System.out.printf(
                "p99 event delay, watched to unwatched: %.2f (us in turns: %s and %s)%n", ratio, watched, unwatched);
        assertThat(ratio).isLessThanOrEqualTo(1.2);
        assertThat(lab.growth("penstock_plugin_detached_total")).isZero();
    }

    private static long p99Micros(Laboratory lab, String model) throws Exception {
        List<LatencyProbe> probes = lab.atOnce(STREAMS, i -> LatencyProbe.read(lab, Calls.chat(model)));
        LatencyProbe all = LatencyProbe.together(probes);
        assertThat(all.lagsNanos()).hasSize(STREAMS * EVENTS);
        return all.quantile(0.99).toNanos() / 1_000;
    }

    private static long median(List<Long> values) {
        var sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }
}
