// SPDX-License-Identifier: Apache-2.0
package dev.penstock.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SchedulerDelayProbeTest {
    private final ProxyMetrics metrics =
            new ProxyMetrics(new BuildInfo("1", "c", "25", "12"), new MetricWords(List.of(), List.of()));

    @Test
    void observesAProbePerInterval() throws InterruptedException {
        try (var probe = SchedulerDelayProbe.start(metrics, Duration.ofMillis(1))) {
            assertThat(probe).isNotNull();
            awaitProbes(3);
        }
    }

    private void awaitProbes(int wanted) throws InterruptedException {
        var deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (probes() < wanted) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            Thread.onSpinWait();
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private double probes() {
        return metrics.render("")
                .text()
                .lines()
                .filter(line -> line.startsWith("penstock_scheduler_delay_seconds_count "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }
}
