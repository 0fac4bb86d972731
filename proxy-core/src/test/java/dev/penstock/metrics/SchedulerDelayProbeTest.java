// SPDX-License-Identifier: Apache-2.0
package dev.penstock.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

final class SchedulerDelayProbeTest {
    private final ProxyMetrics metrics =
            new ProxyMetrics(new BuildInfo("1", "c", "25", "12"), new MetricWords(List.of(), List.of()));

    @Test
    void observesAProbePerInterval() {
        try (var probe = SchedulerDelayProbe.start(metrics, Duration.ofMillis(1))) {
            assertThat(probe).isNotNull();
            await(() -> value("penstock_scheduler_delay_seconds_count ") >= 3);
        }
    }

    @Test
    void showsAFreezeWhileItLastsAndAllOfItAfterwards() {
        var spin = new AtomicBoolean(true);
        try (var probe = SchedulerDelayProbe.start(metrics, Duration.ofMillis(10))) {
            assertThat(probe).isNotNull();
            for (var i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
                Thread.startVirtualThread(() -> {
                    while (spin.get()) {
                        Thread.onSpinWait();
                    }
                });
            }
            await(() -> value("penstock_scheduler_stall_seconds ") > 0.3);
            spin.set(false);
            await(() -> late() >= 15); // one probe stood for all those that it kept from starting
        } finally {
            spin.set(false);
        }
    }

    private double late() {
        return value("penstock_scheduler_delay_seconds_count ")
                - value("penstock_scheduler_delay_seconds_bucket{le=\"0.1\",} ");
    }

    private static void await(BooleanSupplier condition) {
        var deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private double value(String start) {
        return metrics.render("")
                .text()
                .lines()
                .filter(line -> line.startsWith(start))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }
}
