// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import static dev.penstock.cluster.Configs.health;
import static dev.penstock.cluster.Configs.instance;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cluster.Pick.Leased;
import dev.penstock.cluster.Pick.NoneHealthy;
import dev.penstock.cluster.Pick.Saturated;
import dev.penstock.config.BalancerConfig;
import dev.penstock.config.HealthConfig.Assume;
import dev.penstock.config.Percent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class PickTest {

    @ParameterizedTest
    @MethodSource("dev.penstock.cluster.Configs#everyBalancer")
    void equalInstancesShareEqually(BalancerConfig balancer) {
        TestCluster test = TestCluster.of(balancer, health(), instance("a"), instance("b"), instance("c"));

        Map<String, Integer> picks = test.picks(300, 30);

        int tolerance = balancer instanceof BalancerConfig.ConsistentHash ? 25 : 8;
        assertThat(picks.values())
                .hasSize(3)
                .allSatisfy(n -> assertThat(n).isBetween(100 - tolerance, 100 + tolerance));
    }

    @ParameterizedTest
    @MethodSource("dev.penstock.cluster.Configs#everyBalancer")
    void weightsAreKeptAndAWeightOfZeroGetsNothingNew(BalancerConfig balancer) {
        TestCluster test = TestCluster.of(balancer, health(), instance("a", 4), instance("b", 1), instance("c", 0));

        Map<String, Integer> picks = test.picks(500, 50);

        assertThat(picks).doesNotContainKey("c");
        assertThat(picks.get("b")).isBetween(70, 130);
    }

    @Test
    void roundRobinIsExactAndSmooth() {
        TestCluster test = TestCluster.of(health(), instance("a", 4), instance("b", 1), instance("c", 0));

        List<String> order = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            try (InstanceLease lease = test.lease()) {
                order.add(lease.instance().id().name());
            }
        }

        assertThat(order).containsExactly("a", "a", "b", "a", "a", "a", "a", "b", "a", "a");
    }

    @Test
    void leastStreamsAvoidsTheSlowInstance() {
        TestCluster test = TestCluster.of(
                new BalancerConfig.LeastStreams(), health(), instance("a"), instance("b"), instance("slow"));
        List<InstanceLease> slow = new ArrayList<>();
        int onSlow = 0;
        for (int i = 0; i < 300; i++) {
            InstanceLease lease = test.lease();
            if (lease.instance().id().name().equals("slow")) {
                onSlow++;
                slow.add(lease);
            } else {
                lease.close();
            }
            if (i % 10 == 0 && !slow.isEmpty()) {
                slow.removeFirst().close();
            }
        }
        slow.forEach(InstanceLease::close);

        assertThat(onSlow).isLessThan(60);
    }

    @Test
    void peakEwmaAvoidsASlowFirstTokenAtOnceAndForgivesIt() {
        TestCluster test = TestCluster.of(new BalancerConfig.PeakEwma(), health(), instance("fast"), instance("slow"));
        for (String name : List.of("fast", "slow")) {
            try (InstanceLease lease = test.leaseOn(name)) {
                lease.firstToken(name.equals("fast") ? Duration.ofMillis(100) : Duration.ofSeconds(2));
            }
        }

        for (int i = 0; i < 50; i++) {
            try (InstanceLease lease = test.lease()) {
                assertThat(lease.instance().id().name()).isEqualTo("fast");
                lease.firstToken(Duration.ofMillis(100));
            }
        }
        test.time.advance(Duration.ofSeconds(40));
        try (InstanceLease first = test.leaseOn("fast")) {
            first.firstToken(Duration.ofMillis(100));
        }
        try (InstanceLease lease = test.lease()) {
            assertThat(lease.instance().id().name()).isEqualTo("slow");
        }
    }

    @Test
    void peakEwmaTriesTheUnknownWithOneStream() {
        TestCluster test = TestCluster.of(new BalancerConfig.PeakEwma(), health(), instance("a"), instance("new"));
        try (InstanceLease lease = test.leaseOn("a")) {
            lease.firstToken(Duration.ofMillis(100));
        }

        try (InstanceLease trying = test.lease();
                InstanceLease next = test.lease()) {
            assertThat(trying.instance().id().name()).isEqualTo("new");
            assertThat(next.instance().id().name()).isEqualTo("a");
        }
    }

    @Test
    void theNextTierIsAskedOnlyWhenTheFormerHasNobody() {
        TestCluster test = TestCluster.of(
                health(), instance("a", 1, 0, Optional.of(1)), instance("backup", 1, 1, Optional.empty()));

        try (InstanceLease first = test.lease()) {
            assertThat(first.instance().id().name()).isEqualTo("a");
            try (InstanceLease second = test.lease()) {
                assertThat(second.instance().id().name()).isEqualTo("backup");
            }
        }
        test.eject("a");
        try (InstanceLease lease = test.lease()) {
            assertThat(lease.instance().id().name()).isEqualTo("backup");
        }
    }

    @Test
    void anExcludedInstanceIsNotChosen() {
        TestCluster test = TestCluster.of(health(), instance("a"), instance("b"));
        PickRequest request = PickRequest.any().without(test.instance("a").id());

        for (int i = 0; i < 10; i++) {
            Pick pick = test.cluster().pick(request);
            assertThat(pick).isInstanceOfSatisfying(Leased.class, leased -> {
                assertThat(leased.lease().instance().id().name()).isEqualTo("b");
                leased.lease().close();
            });
        }
        assertThat(test.cluster().pick(request.without(test.instance("b").id())))
                .isInstanceOf(NoneHealthy.class);
    }

    @Test
    void theCapHoldsAndAFullClusterSaysSo() {
        TestCluster test =
                TestCluster.of(health(), instance("a", 1, 0, Optional.of(2)), instance("b", 1, 0, Optional.of(1)));
        List<InstanceLease> leases = List.of(test.lease(), test.lease(), test.lease());

        assertThat(test.pick())
                .isInstanceOfSatisfying(
                        Saturated.class,
                        full -> assertThat(full.retryAfter()).isGreaterThanOrEqualTo(Duration.ofSeconds(1)));
        leases.get(0).close();
        leases.get(0).close();
        test.lease().close();
        leases.forEach(InstanceLease::close);
        assertThat(test.instance("a").inFlight() + test.instance("b").inFlight())
                .isZero();
    }

    @Test
    void aDrainedInstanceGetsNothingNewAndKeepsWhatItHas() {
        TestCluster test = TestCluster.of(health(), instance("a"), instance("b"));
        InstanceLease living = test.leaseOn("a");

        assertThat(test.registry.current().drain("c", "a", true)).isTrue();

        assertThat(test.picks(20, 1)).containsOnlyKeys("b");
        assertThat(test.view("a").inFlight()).isEqualTo(1);
        assertThat(test.view("a").drained()).isTrue();
        test.registry.current().drain("c", "a", false);
        assertThat(test.picks(20, 1)).containsOnlyKeys("a", "b");
        assertThat(test.registry.current().drain("c", "nobody", true)).isFalse();
        living.close();
    }

    @Test
    void withoutAVerdictTheConfigurationDecides() {
        TestCluster test = TestCluster.of(Configs.assuming(health(), Assume.UNUSABLE), instance("a"));
        assertThat(test.pick()).isInstanceOf(NoneHealthy.class);

        test.probe("a", true, 1);

        test.lease().close();
    }

    @Test
    void twoThousandRandomEndingsLeaveNothingInFlightAndAFairSplit() {
        long seed = System.nanoTime();
        System.out.println("PickTest seed " + seed);
        Random random = new Random(seed);
        TestCluster test = TestCluster.of(
                new BalancerConfig.LeastStreams(),
                health(Optional.empty(), new Percent(50)),
                instance("a"),
                instance("b"),
                instance("c"));
        for (int i = 0; i < 2000; i++) {
            InstanceLease lease = test.lease();
            end(lease, random);
        }

        assertThat(test.cluster().members())
                .allSatisfy(member -> assertThat(member.instance().inFlight()).isZero());
        assertThat(test.picks(300, 30).values()).allSatisfy(n -> assertThat(n).isBetween(95, 105));
    }

    @Test
    void aStormHoldsTheCapsAndReturnsEverySlot() {
        TestCluster test = TestCluster.of(
                new BalancerConfig.RandomTwo(),
                health(),
                instance("a", 1, 0, Optional.of(5)),
                instance("b", 3, 0, Optional.of(7)),
                instance("c", 2, 1, Optional.of(3)));
        AtomicInteger running = new AtomicInteger();
        AtomicInteger highest = new AtomicInteger();
        AtomicInteger answered = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 5000; i++) {
                Random random = new Random(i);
                threads.execute(() -> {
                    if (test.cluster().pick(PickRequest.any()) instanceof Leased(InstanceLease lease)) {
                        highest.accumulateAndGet(running.incrementAndGet(), Math::max);
                        LockSupport.parkNanos(random.nextInt(200_000));
                        running.decrementAndGet();
                        end(lease, random);
                    }
                    answered.incrementAndGet();
                });
            }
        }

        assertThat(answered).hasValue(5000);
        assertThat(highest.get()).isLessThanOrEqualTo(15);
        assertThat(test.cluster().members())
                .allSatisfy(member -> assertThat(member.instance().inFlight()).isZero());
    }

    private static void end(InstanceLease lease, Random random) {
        lease.firstToken(Duration.ofMillis(1 + random.nextInt(100)));
        switch (random.nextInt(4)) {
            case 0 -> lease.succeeded();
            case 1 -> lease.failed(Evidence.TRUNCATED, "cut");
            case 2 -> {
                lease.succeeded();
                lease.failed(Evidence.RESET, "late");
            }
            default -> lease.close();
        }
        lease.close();
    }
}
