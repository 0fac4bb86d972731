// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import static dev.penstock.cluster.Configs.cluster;
import static dev.penstock.cluster.Configs.health;
import static dev.penstock.cluster.Configs.instance;
import static dev.penstock.cluster.Configs.probing;
import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.config.BalancerConfig;
import dev.penstock.config.ClusterConfig;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HealthMonitorTest {
    private final TestCluster test = TestCluster.of(probing(health()), instance("a"), instance("b"), instance("c"));
    private final ScriptedProbe probe = new ScriptedProbe();
    private final HealthMonitor monitor = new HealthMonitor(probe, test.surroundings);

    @AfterEach
    void stop() {
        probe.release.countDown();
        monitor.close();
    }

    @Test
    void findsTheDeadAndTheHealed() {
        probe.answers.put("b", new ProbeResult.Failed("status 500"));
        monitor.follow(test.registry.current());

        eventually("a healthy", () -> status("a") == HealthStatus.HEALTHY);
        eventually("b unhealthy", () -> status("b") == HealthStatus.UNHEALTHY);
        assertThat(test.view("b").lastProbe()).hasValueSatisfying(last -> {
            assertThat(last.passed()).isFalse();
            assertThat(last.detail()).isEqualTo("status 500");
        });
        assertThat(test.picks(20, 1)).doesNotContainKey("b");
        probe.answers.remove("b");
        eventually("b healed", () -> status("b") == HealthStatus.HEALTHY);
    }

    @Test
    void aProbeThatHangsIsAFailureAndDelaysNobodyAndIsNotDoubled() {
        probe.hanging = "c";
        monitor.follow(test.registry.current());

        eventually("c unhealthy", () -> status("c") == HealthStatus.UNHEALTHY);
        eventually("others probed", () -> probe.count("a") > 20 && probe.count("b") > 20);
        assertThat(probe.count("c")).isEqualTo(1);
        assertThat(probe.mostAtOnce).hasValue(1);
    }

    @Test
    void aProbeThatThrowsIsAFailure() {
        probe.broken = "a";
        monitor.follow(test.registry.current());

        eventually("a unhealthy", () -> status("a") == HealthStatus.UNHEALTHY);
        assertThat(test.view("a").why()).contains("the probe broke: IllegalStateException");
    }

    @Test
    void followsAReloadAndStops() {
        monitor.follow(test.registry.current());
        eventually("all probed", () -> probe.count("a") > 0 && probe.count("b") > 0 && probe.count("c") > 0);
        ClusterConfig changed =
                cluster(new BalancerConfig.RoundRobin(), probing(health()), instance("a", 3), instance("d"));

        Clusters older = test.registry.current();
        test.reload(changed);
        monitor.follow(test.registry.current());
        monitor.follow(older);

        eventually("d probed", () -> probe.count("d") > 0);
        int before = probe.count("a");
        eventually("a still probed", () -> probe.count("a") > before + 3);
        monitor.close();
        monitor.follow(test.registry.current());
        int last = probe.count("a");
        ScriptedProbe other = new ScriptedProbe();
        try (HealthMonitor second = new HealthMonitor(other, test.surroundings)) {
            second.follow(test.registry.current());
            eventually("several rounds", () -> other.count("a") > 5);
        }
        assertThat(probe.count("a")).isEqualTo(last);
    }

    private HealthStatus status(String name) {
        return test.view(name).status();
    }

    /** Answers as told, and counts. Thread-safe: concurrent maps and atomics. */
    private static final class ScriptedProbe implements Probe {
        private final Map<String, ProbeResult> answers = new ConcurrentHashMap<>();
        private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
        private final Map<String, AtomicInteger> inFlight = new ConcurrentHashMap<>();
        private final AtomicInteger mostAtOnce = new AtomicInteger();
        private final CountDownLatch release = new CountDownLatch(1);
        private volatile String hanging = "";
        private volatile String broken = "";

        @Override
        public ProbeResult probe(ClusterConfig cluster, Member member) {
            String name = member.id().name();
            counter(counts, name).incrementAndGet();
            mostAtOnce.accumulateAndGet(counter(inFlight, name).incrementAndGet(), Math::max);
            try {
                if (name.equals(hanging)) {
                    hang();
                }
                if (name.equals(broken)) {
                    throw new IllegalStateException("no");
                }
                return answers.getOrDefault(name, new ProbeResult.Passed());
            } finally {
                counter(inFlight, name).decrementAndGet();
            }
        }

        private int count(String name) {
            return counter(counts, name).get();
        }

        /** Deaf to interrupts. */
        private void hang() {
            boolean released = false;
            while (!released) {
                try {
                    release.await();
                    released = true;
                } catch (InterruptedException e) {
                    released = false;
                }
            }
        }

        private static AtomicInteger counter(Map<String, AtomicInteger> counters, String name) {
            return counters.computeIfAbsent(name, key -> new AtomicInteger());
        }
    }
}
