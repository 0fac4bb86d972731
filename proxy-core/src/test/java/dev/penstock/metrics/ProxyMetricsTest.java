// SPDX-License-Identifier: Apache-2.0
package dev.penstock.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class ProxyMetricsTest {
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private static final List<String> OUTCOMES = List.of("completed", "client_disconnect", "idle_timeout");
    private static final List<String> REASONS = List.of("worker_cap", "draining");
    private static final Pattern SAMPLE =
            Pattern.compile("[a-z_0-9]+(\\{([a-z_]+=\"([^\"\\\\\\p{Cntrl}]|\\\\.)*\",?)*})? \\S+");

    private final ProxyMetrics metrics = metrics();

    private static ProxyMetrics metrics() {
        return new ProxyMetrics(new BuildInfo("1.2.3", "abc", "25", "12.1"), new MetricWords(OUTCOMES, REASONS));
    }

    @Test
    void namesEveryMetricOfTheContractFromTheStart() {
        metrics.declareRoute("chat", "gpu");
        metrics.permits(() -> List.of(new PermitSample("worker", 1, 1)));
        metrics.instances(() -> List.of(new InstanceSample("gpu", "a", 0, true)));
        var text = text();

        for (var name : CONTRACT) {
            assertThat(text).contains("# TYPE " + name + " ");
        }
    }

    @Test
    void showsEveryOutcomeAndReasonAtZeroBeforeAnythingHappens() {
        metrics.declareRoute("chat", "gpu");

        for (var outcome : OUTCOMES) {
            assertThat(value(
                            "penstock_streams_total",
                            "route=\"chat\",cluster=\"gpu\",model=\"other\",outcome=\"" + outcome + "\""))
                    .isZero();
        }
        for (var reason : REASONS) {
            assertThat(value("penstock_rejected_total", "reason=\"" + reason + "\",route=\"none\""))
                    .isZero();
            assertThat(value("penstock_rejected_total", "reason=\"" + reason + "\",route=\"chat\""))
                    .isZero();
        }
    }

    @Test
    void countsWhatItIsTold() {
        metrics.knownModels("m"::equals);
        metrics.streamEnded("chat", "gpu", "m", "completed");
        metrics.streamEnded("chat", "gpu", "m", "completed");
        metrics.requestAnswered("chat", "openai", 200);
        metrics.tokens("m", "output", 40);
        metrics.bytes(Direction.OUT, 4096);
        metrics.events(17);

        assertThat(value("penstock_streams_total", "route=\"chat\",cluster=\"gpu\",model=\"m\",outcome=\"completed\""))
                .isEqualTo(2);
        assertThat(value("penstock_requests_total", "route=\"chat\",dialect=\"openai\",code=\"200\""))
                .isEqualTo(1);
        assertThat(value("penstock_tokens_total", "model=\"m\",type=\"output\""))
                .isEqualTo(40);
        assertThat(value("penstock_bytes_total", "direction=\"out\"")).isEqualTo(4096);
        assertThat(text()).contains("\npenstock_events_total 17.0\n");
    }

    @Test
    void observesLongStreamsInABucketOfTheirOwn() {
        metrics.requestDuration(1500, "chat", "x", "completed");

        var labels = "route=\"chat\",model=\"other\",outcome=\"completed\",le=";
        assertThat(value("penstock_request_duration_seconds_bucket", labels + "\"1200.0\""))
                .isZero();
        assertThat(value("penstock_request_duration_seconds_bucket", labels + "\"1800.0\""))
                .isEqualTo(1);
    }

    @Test
    void asksTheSourcesAtEveryScrape() {
        var streams = new int[] {3};
        metrics.streamsActive(() -> streams[0]);

        assertThat(text()).contains("\npenstock_streams_active 3.0\n");
        streams[0] = 0;
        assertThat(text()).contains("\npenstock_streams_active 0.0\n");
    }

    @Test
    void addsUpThePermitsOfAScopeAndLeavesOutUnlimitedOnes() {
        metrics.permits(() -> List.of(
                new PermitSample("worker", 40, 38),
                new PermitSample("route", 20, 19),
                new PermitSample("route", 5, 4)));

        assertThat(value("penstock_permits_limit", "scope=\"route\"")).isEqualTo(25);
        assertThat(value("penstock_permits_available", "scope=\"route\"")).isEqualTo(23);
        assertThat(text()).doesNotContain("scope=\"consumer\"");
    }

    @Test
    void followsTheSetOfInstances() {
        var instances = new ArrayList<>(List.of(new InstanceSample("gpu", "a", 2, true)));
        metrics.instances(() -> instances);
        assertThat(value("penstock_upstream_in_flight", "cluster=\"gpu\",instance=\"a\""))
                .isEqualTo(2);

        instances.set(0, new InstanceSample("gpu", "b", 0, false));
        assertThat(text()).doesNotContain("instance=\"a\"");
        assertThat(value("penstock_upstream_healthy", "cluster=\"gpu\",instance=\"b\""))
                .isZero();
    }

    @Test
    void survivesASourceThatThrows() {
        metrics.queueDepth(() -> {
            throw new IllegalStateException("broken");
        });
        metrics.permits(() -> {
            throw new IllegalStateException("broken");
        });

        assertThat(text()).contains("\npenstock_queue_depth NaN\n").contains("\npenstock_streams_active 0.0\n");
    }

    @Test
    void keepsSeriesAndLabelsBoundedWhateverClientsSend() {
        metrics.knownModels("m"::equals);
        var seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        var before = text().lines().count();

        for (var i = 0; i < 10_000; i++) {
            metrics.streamEnded("chat", "gpu", nasty(random), "completed");
            metrics.requestDuration(1, "chat", nasty(random), "completed");
            metrics.requestAnswered("none", "openai", random.nextInt());
            metrics.tokens(nasty(random), nasty(random), 1);
        }

        assertThat(text().lines().count() - before).isLessThan(100);
    }

    @Test
    void writesLabelsThatStayOnTheirLineAndWithinTheirBytes() {
        metrics.rejected("worker_cap", "a\nb\"c\\d\u001b[31m\ud800é" + "x".repeat(4096));

        var line = text().lines()
                .filter(l -> l.startsWith("penstock_rejected_total{reason=\"worker_cap\",route=\"a"))
                .findFirst()
                .orElseThrow();
        assertThat(line).contains("route=\"a_b\\\"c\\\\d_[31m_éx");
        assertThat(line.getBytes(StandardCharsets.UTF_8).length).isLessThan(200);
        text().lines()
                .filter(l -> !l.startsWith("#"))
                .forEach(l -> assertThat(l).matches(SAMPLE));
    }

    @Test
    void speaksOpenMetricsOnlyWhenAsked() {
        var plain = metrics.render("text/plain");
        var open = metrics.render("application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.3");

        assertThat(plain.contentType()).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        assertThat(metrics.render("").contentType()).isEqualTo(plain.contentType());
        assertThat(open.contentType()).isEqualTo(OPEN_METRICS);
        assertThat(open.text())
                .endsWith("# EOF\n")
                .contains("# TYPE penstock_log_dropped counter\n")
                .contains("\npenstock_log_dropped_total 0.0\n")
                .contains("# TYPE penstock_events counter\n");
        assertThat(plain.text()).doesNotContain("# EOF").doesNotContain("_created");
    }

    @Test
    void livesBesideAnotherProxyOfTheSameJvm() {
        var other = metrics();
        other.events(5);

        assertThat(text()).contains("\npenstock_events_total 0.0\n");
        assertThat(other.render("").text()).contains("\npenstock_events_total 5.0\n");
    }

    @Test
    void includesTheJvmAndTheProcess() {
        assertThat(text())
                .contains("\nprocess_open_fds ")
                .contains("\njvm_threads_current ")
                .contains("\njvm_memory_bytes_used{")
                .contains("penstock_build_info{version=\"1.2.3\",commit=\"abc\",jdk=\"25\",jetty=\"12.1\",} 1.0");
    }

    @Test
    void countsHooksByPlugin() {
        var meter = metrics.hook("usage-log", "onEvent");
        meter.took(0.002);
        meter.failed();

        assertThat(value("penstock_plugin_errors_total", "plugin=\"usage-log\",hook=\"onEvent\""))
                .isEqualTo(1);
        assertThat(value("penstock_plugin_duration_seconds_count", "plugin=\"usage-log\",hook=\"onEvent\""))
                .isEqualTo(1);
    }

    private String text() {
        return metrics.render("").text();
    }

    private double value(String name, String labels) {
        return text().lines()
                .filter(line -> line.startsWith(name + "{" + labels))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .mapToDouble(Double::parseDouble)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + "{" + labels + " in\n" + text()));
    }

    private static String nasty(Random random) {
        var text = new StringBuilder();
        for (var i = random.nextInt(4096); i >= 0; i--) {
            text.append((char) random.nextInt(0x10000));
        }
        return text.toString();
    }

    private static final List<String> CONTRACT = List.of(
            "penstock_streams_active",
            "penstock_requests_in_flight",
            "penstock_queue_depth",
            "penstock_permits_limit",
            "penstock_permits_available",
            "penstock_streams_total",
            "penstock_requests_total",
            "penstock_rejected_total",
            "penstock_request_duration_seconds",
            "penstock_time_to_first_byte_seconds",
            "penstock_time_to_first_token_seconds",
            "penstock_time_per_output_token_seconds",
            "penstock_queue_wait_seconds",
            "penstock_overhead_seconds",
            "penstock_tokens_total",
            "penstock_events_total",
            "penstock_bytes_total",
            "penstock_upstream_in_flight",
            "penstock_upstream_healthy",
            "penstock_upstream_requests_total",
            "penstock_upstream_aborts_total",
            "penstock_health_transitions_total",
            "penstock_retries_total",
            "penstock_plugin_duration_seconds",
            "penstock_plugin_errors_total",
            "penstock_plugin_events_lost_total",
            "penstock_plugins_stuck",
            "penstock_scheduler_delay_seconds",
            "penstock_config_generation",
            "penstock_config_last_reload_successful",
            "penstock_draining",
            "penstock_log_dropped_total",
            "penstock_build_info");
}
