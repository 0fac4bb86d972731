// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import static dev.penstock.cluster.Configs.cluster;
import static dev.penstock.cluster.Configs.health;
import static dev.penstock.cluster.Configs.instance;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cluster.Pick.Leased;
import dev.penstock.cluster.Pick.NoneHealthy;
import dev.penstock.config.BalancerConfig;
import dev.penstock.config.HashKey;
import dev.penstock.config.HealthConfig;
import dev.penstock.config.Percent;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class HealthObeyedTest {

    @ParameterizedTest
    @MethodSource("dev.penstock.cluster.Configs#everyBalancer")
    void theVeryNextPickObeysATransition(BalancerConfig balancer) {
        TestCluster test = TestCluster.of(balancer, health(), instance("a"), instance("b"));
        assertThat(test.picks(50, 10)).containsOnlyKeys("a", "b");

        for (int round = 0; round < 20; round++) {
            test.probe("a", false, 3);
            assertThat(nextPick(test)).isEqualTo("b");
            test.probe("b", false, 3);
            assertThat(test.pick()).isInstanceOf(NoneHealthy.class);
            test.probe("a", true, 2);
            assertThat(nextPick(test)).isEqualTo("a");
            test.probe("b", true, 2);
        }
        assertThat(test.picks(50, 10)).containsOnlyKeys("a", "b");
    }

    @ParameterizedTest
    @MethodSource("dev.penstock.cluster.Configs#everyBalancer")
    void theVeryNextPickObeysAnEjection(BalancerConfig balancer) {
        TestCluster test = TestCluster.of(balancer, health(), instance("a"), instance("b"));
        test.fail("a", 2);
        InstanceLease third = test.leaseOn("a");

        third.failed(Evidence.RESET, "before the first byte");

        for (int i = 0; i < 100; i++) {
            assertThat(nextPick(test)).isEqualTo("b");
        }
        third.close();
    }

    @ParameterizedTest
    @MethodSource("dev.penstock.cluster.Configs#everyBalancer")
    void aDeadInstanceStaysOutAcrossAReloadBeforeAnyCheckerHasRun(BalancerConfig balancer) {
        HealthConfig rules = Configs.probing(health());
        TestCluster test = new TestCluster(cluster(balancer, rules, instance("dead"), instance("b"), instance("c")));
        test.probe("dead", false, 3);

        for (int reload = 0; reload < 5; reload++) {
            test.reload(cluster(balancer, rules, instance("dead", 5), instance("b"), instance("new" + reload)));
            for (int i = 0; i < 100; i++) {
                assertThat(nextPick(test)).isNotEqualTo("dead");
            }
        }
        assertThat(test.view("dead").status()).isEqualTo(HealthStatus.UNHEALTHY);
    }

    @Test
    void anEjectionOutlivesAReloadAndSoDoEvidenceAndStreamsOfTheOldGeneration() {
        TestCluster test = TestCluster.of(health(), instance("a"), instance("b"));
        InstanceLease old = test.leaseOn("a");
        test.fail("a", 2);

        test.reload(cluster(new BalancerConfig.LeastStreams(), health(), instance("a", 2), instance("b")));
        assertThat(test.instance("a").inFlight()).isEqualTo(1);
        old.failed(Evidence.TRUNCATED, "cut");
        old.close();

        assertThat(test.view("a").status()).isEqualTo(HealthStatus.EJECTED);
        assertThat(test.instance("a").inFlight()).isZero();
        assertThat(test.picks(20, 1)).containsOnlyKeys("b");
    }

    @Test
    void aTrialThatIsOutrunFailsAndAStreamInFullStandingDoesNot() {
        TestCluster test = TestCluster.of(health(), instance("a"), instance("b"));
        for (int i = 0; i < 10; i++) {
            try (InstanceLease lease = test.leaseOn("a")) {
                lease.gaveNothing(Duration.ofSeconds(1));
                lease.outrun();
            }
        }
        assertThat(test.view("a").status()).isNotEqualTo(HealthStatus.EJECTED);
        assertThat(test.view("a").failures()).isZero();

        test.eject("a");
        test.time.advance(test.cluster().config().health().passive().eject());
        try (InstanceLease trial = test.leaseOn("a")) {
            trial.gaveNothing(Duration.ofSeconds(1));
            assertThat(test.instance("a").health().onTrial()).isTrue();
            trial.outrun();
        }
        assertThat(test.view("a").status()).isEqualTo(HealthStatus.EJECTED);
        assertThat(test.view("a").why()).contains("outrun");
    }

    @Test
    void aPreparedGenerationThatIsNotActivatedChangesNothing() {
        TestCluster test = TestCluster.of(health(), instance("a", 1, 0, Optional.of(2)));

        Clusters refused = test.registry.prepare(
                List.of(cluster(
                        new BalancerConfig.RoundRobin(), health(), instance("a", 0, 0, Optional.of(1)), instance("z"))),
                Optional.empty());

        assertThat(refused.cluster("c").orElseThrow().members().getFirst().instance())
                .isSameAs(test.instance("a"));
        assertThat(test.instance("a").limiter().limit()).contains(2);
        assertThat(test.picks(5, 1)).containsOnlyKeys("a");
    }

    @Test
    void aReloadResizesCapsWithoutCuttingAndUsesTheNewCredentials() {
        TestCluster test = TestCluster.of(health(), instance("a", 1, 0, Optional.of(2)));
        InstanceLease one = test.lease();
        InstanceLease two = test.lease();

        test.reload(cluster(new BalancerConfig.RoundRobin(), health(), instance("a", 1, 0, Optional.of(1))));

        assertThat(test.pick()).isInstanceOf(Pick.Saturated.class);
        one.close();
        assertThat(test.pick()).isInstanceOf(Pick.Saturated.class);
        two.close();
        try (InstanceLease lease = test.lease()) {
            assertThat(lease.config()).isSameAs(test.member("a").config());
        }
    }

    @Test
    void anInstanceThatLeavesAndComesBackStillCountsItsStreams() {
        TestCluster test = TestCluster.of(health(), instance("a", 1, 0, Optional.of(1)), instance("b"));
        InstanceLease living = test.leaseOn("a");

        test.reload(cluster(new BalancerConfig.RoundRobin(), health(), instance("b")));
        assertThat(test.picks(10, 1)).containsOnlyKeys("b");
        test.reload(cluster(new BalancerConfig.RoundRobin(), health(), instance("a", 1, 0, Optional.of(1))));

        assertThat(test.pick()).isInstanceOf(Pick.Saturated.class);
        living.close();
        test.lease().close();
    }

    @Test
    void noMoreThanTheShareIsEjected() {
        TestCluster test = TestCluster.of(
                health(Optional.of(3), new Percent(50)), instance("a"), instance("b"), instance("c"), instance("d"));
        test.eject("a");
        test.eject("b");

        test.fail("c", 10);
        test.fail("d", 10);

        assertThat(test.view("c").status()).isEqualTo(HealthStatus.UNKNOWN);
        assertThat(test.picks(20, 1)).containsOnlyKeys("c", "d");
    }

    @Test
    void atLeastOneOfSeveralMayBeEjectedAndALoneOneOnlyIfAllMay() {
        TestCluster several = TestCluster.of(health(Optional.of(3), new Percent(10)), instance("a"), instance("b"));
        several.eject("a");
        TestCluster lone = TestCluster.of(health(Optional.of(3), new Percent(50)), instance("a"), instance("b", 0));
        lone.fail("a", 10);
        assertThat(lone.view("a").status()).isEqualTo(HealthStatus.UNKNOWN);

        TestCluster all = TestCluster.of(health(Optional.of(3), new Percent(100)), instance("a"));
        all.eject("a");

        assertThat(all.pick())
                .isInstanceOfSatisfying(
                        NoneHealthy.class,
                        none -> assertThat(none.retryAfter())
                                .isBetween(Duration.ofSeconds(10), Duration.ofMillis(12_500)));
    }

    @Test
    void streamsThatFailTogetherEjectOnce() {
        TestCluster test = TestCluster.of(health(), instance("a"), instance("b"));
        List<InstanceLease> together =
                IntStream.range(0, 30).mapToObj(i -> test.leaseOn("a")).toList();

        together.forEach(lease -> lease.failed(Evidence.CONNECT_FAILED, "refused"));
        together.forEach(InstanceLease::close);

        assertThat(test.view("a").ejections()).isEqualTo(1);
        assertThat(test.view("a").ejectedFor()).isEqualTo(Duration.ofSeconds(10));
        assertThat(test.transitions).hasSize(1);
    }

    @Test
    void aClientsDepartureSaysNothing() {
        TestCluster test = TestCluster.of(health(), instance("a"));
        test.fail("a", 2);

        for (int i = 0; i < 10; i++) {
            test.lease().close();
        }

        assertThat(test.view("a").failures()).isEqualTo(2);
        assertThat(test.view("a").status()).isEqualTo(HealthStatus.UNKNOWN);
    }

    @Test
    void aSuccessEndsARowOfFailures() {
        TestCluster test = TestCluster.of(health(), instance("a"), instance("b"));
        test.fail("a", 2);
        try (InstanceLease lease = test.leaseOn("a")) {
            lease.succeeded();
        }
        test.fail("a", 2);

        assertThat(test.view("a").status()).isEqualTo(HealthStatus.HEALTHY);
    }

    @Test
    void afterAnEjectionOneStreamAtATimeUntilAFirstToken() {
        TestCluster test = TestCluster.of(health(), instance("a"), instance("b"));
        test.eject("a");
        test.time.advance(Duration.ofSeconds(10));

        InstanceLease trial = test.leaseOn("a");
        assertThat(test.picks(20, 1)).containsOnlyKeys("b");
        trial.close();
        InstanceLease next = test.leaseOn("a");
        next.firstToken(Duration.ofMillis(10));

        assertThat(test.picks(20, 1)).containsOnlyKeys("a", "b");
        next.close();
    }

    @Test
    void oneFailureOnTrialEjectsAgainAndLongerUpToTheMost() {
        TestCluster test = TestCluster.of(health(), instance("a"), instance("b"));
        test.eject("a");
        for (int seconds : List.of(10, 20, 25, 25)) {
            assertThat(test.view("a").ejectedFor()).isEqualTo(Duration.ofSeconds(seconds));
            test.time.advance(Duration.ofSeconds(seconds));
            test.fail("a", 1);
        }
        assertThat(test.view("a").ejections()).isEqualTo(5);

        test.time.advance(Duration.ofSeconds(25));
        try (InstanceLease lease = test.leaseOn("a")) {
            lease.firstToken(Duration.ofMillis(10));
            lease.failed(Evidence.TRUNCATED, "cut");
        }
        assertThat(test.view("a").status()).isEqualTo(HealthStatus.EJECTED);
    }

    @Test
    void ejectionsAreForgottenInGoodStanding() {
        TestCluster test = TestCluster.of(health(), instance("a"), instance("b"));
        test.eject("a");
        test.time.advance(Duration.ofSeconds(10));
        try (InstanceLease lease = test.leaseOn("a")) {
            lease.succeeded();
        }
        test.time.advance(Duration.ofSeconds(10));

        test.eject("a");

        assertThat(test.view("a").ejectedFor()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void recoveryIsGradual() {
        TestCluster test =
                TestCluster.of(Configs.slowStart(health(), Duration.ofSeconds(100)), instance("a"), instance("b"));
        test.probe("a", false, 3);
        test.probe("a", true, 2);

        assertThat(test.picks(110, 1).get("a")).isEqualTo(10);
        test.time.advance(Duration.ofSeconds(50));
        assertThat(test.picks(150, 1).get("a")).isEqualTo(50);
        test.time.advance(Duration.ofSeconds(50));
        assertThat(test.picks(100, 1).get("a")).isEqualTo(50);
    }

    @Test
    void whenAllAreUnhealthyAllAreTriedIfSoConfigured() {
        TestCluster test = TestCluster.of(Configs.tryAll(health()), instance("a"), instance("b"));
        test.probe("a", false, 3);
        assertThat(test.picks(20, 1)).containsOnlyKeys("b");
        assertThat(test.cluster()
                        .pick(PickRequest.any().without(test.instance("b").id())))
                .isInstanceOf(NoneHealthy.class);

        test.probe("b", false, 3);

        assertThat(test.picks(20, 1)).containsOnlyKeys("a", "b");
        assertThat(test.cluster()
                        .offers(PickRequest.any().without(test.instance("b").id())))
                .as("another to try")
                .isTrue();
    }

    @Test
    void aShorterPatienceDoesNotCutALongerOneShort() {
        TestCluster test = TestCluster.of(health(), instance("a"), instance("b"));
        try (InstanceLease lease = test.leaseOn("a")) {
            lease.leaveAlone(Duration.ofSeconds(30));
            lease.leaveAlone(Duration.ZERO);
        }

        test.time.advance(Duration.ofSeconds(29));
        assertThat(test.picks(20, 1)).containsOnlyKeys("b");
        test.time.advance(Duration.ofSeconds(2));
        assertThat(test.picks(20, 1)).containsOnlyKeys("a", "b");
    }

    @Test
    void aStreamThatSucceedsWhereAllAreTriedEndsItsInstancesEjection() {
        TestCluster test = TestCluster.of(Configs.tryAll(health(Optional.of(3), new Percent(100))), instance("a"));
        test.eject("a");

        try (InstanceLease lease = test.lease()) {
            lease.succeeded();
        }

        assertThat(test.view("a").status()).isEqualTo(HealthStatus.HEALTHY);
    }

    @Test
    void probesNeedConsecutiveEvidence() {
        TestCluster test = TestCluster.of(health(), instance("a"));
        test.probe("a", true, 1);
        for (int i = 0; i < 20; i++) {
            test.probe("a", false, 2);
            test.probe("a", true, 1);
        }
        assertThat(test.transitions).hasSize(1);

        test.probe("a", false, 3);
        test.probe("a", true, 1);
        test.probe("a", false, 1);
        test.probe("a", true, 1);
        assertThat(test.view("a").status()).isEqualTo(HealthStatus.UNHEALTHY);
        test.probe("a", true, 1);
        assertThat(test.view("a").status()).isEqualTo(HealthStatus.HEALTHY);
    }

    @Test
    void transitionsAreToldWithTheirEvidence() {
        TestCluster test = TestCluster.of(health(), instance("a"), instance("b"));
        test.probe("b", false, 3);
        test.eject("a");
        test.time.advance(Duration.ofSeconds(10));
        test.lease().close();

        assertThat(test.transitions)
                .extracting(HealthTransition::toString)
                .satisfiesExactly(
                        first -> assertThat(first).contains("to=UNHEALTHY", "3 probes failed: status 500"),
                        second -> assertThat(second)
                                .contains("to=EJECTED", "3 failures in a row, the last: connect_failed (refused)"),
                        third -> assertThat(third).contains("from=EJECTED, to=UNKNOWN", "on trial"));
    }

    @Test
    void aStreamThatGoesOnFromAnEarlierTrialDoesNotBlockTheNext() {
        TestCluster test = TestCluster.of(health(), instance("a"), instance("b"));
        test.eject("a");
        test.time.advance(Duration.ofSeconds(10));
        InstanceLease living = test.leaseOn("a");
        living.firstToken(Duration.ofMillis(10));
        test.fail("a", 1);
        assertThat(test.view("a").status()).isEqualTo(HealthStatus.EJECTED);
        test.time.advance(Duration.ofSeconds(20));

        InstanceLease next = test.leaseOn("a");
        living.close();

        assertThat(test.picks(10, 1)).containsOnlyKeys("b");
        next.succeeded();
        next.close();
        assertThat(test.picks(10, 1)).containsOnlyKeys("a", "b");
    }

    @Test
    void switchingProbesOffLiftsTheirVerdict() {
        HealthConfig probing = Configs.probing(health());
        TestCluster test = new TestCluster(cluster(new BalancerConfig.RoundRobin(), probing, instance("a")));
        test.probe("a", false, 3);
        test.reload(cluster(new BalancerConfig.RoundRobin(), probing, instance("a")));
        assertThat(test.pick()).isInstanceOf(NoneHealthy.class);

        test.reload(cluster(new BalancerConfig.RoundRobin(), health(), instance("a")));

        assertThat(test.picks(5, 1)).containsOnlyKeys("a");
    }

    @ParameterizedTest
    @MethodSource("dev.penstock.cluster.Configs#everyBalancer")
    void underAStormOfEvidenceTheShareHoldsAndTheBooksBalance(BalancerConfig balancer) {
        TestCluster test = TestCluster.of(
                balancer,
                health(Optional.of(2), new Percent(50)),
                instance("a"),
                instance("b"),
                instance("c"),
                instance("d"));
        AtomicInteger mostOut = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 200; i++) {
                Random random = new Random(i);
                threads.execute(() -> {
                    for (int round = 0; round < 20; round++) {
                        if (test.cluster().pick(PickRequest.hashing("k" + random.nextInt()))
                                instanceof Leased(InstanceLease lease)) {
                            stream(lease, random);
                        }
                        mostOut.accumulateAndGet(ejected(test), Math::max);
                        test.time.advance(Duration.ofMillis(random.nextInt(20)));
                    }
                });
            }
        }

        assertThat(mostOut.get()).isBetween(1, 2);
        assertThat(test.cluster().members())
                .allSatisfy(member -> assertThat(member.instance().inFlight()).isZero());
        for (InstanceView view : test.cluster().view().instances()) {
            long out = told(test, view, HealthTransition::to);
            long back = told(test, view, HealthTransition::from);
            assertThat(out - back).isEqualTo(view.status() == HealthStatus.EJECTED ? 1 : 0);
        }
    }

    /** Under the monitor, so that nobody is ejected while we count. */
    private static int ejected(TestCluster test) {
        Cluster cluster = test.cluster();
        synchronized (cluster.health()) {
            long nanos = test.time.nanos();
            return (int) cluster.members().stream()
                    .map(member -> member.instance().health())
                    .filter(health -> health.status() == HealthStatus.EJECTED && !health.ejectionOver(nanos))
                    .count();
        }
    }

    private static void stream(InstanceLease lease, Random random) {
        LockSupport.parkNanos(random.nextInt(50_000));
        switch (random.nextInt(4)) {
            case 0 -> lease.succeeded();
            case 1 -> lease.firstToken(Duration.ofMillis(5));
            default -> lease.failed(Evidence.RESET, "storm");
        }
        lease.close();
    }

    private static long told(TestCluster test, InstanceView view, Function<HealthTransition, HealthStatus> end) {
        return test.transitions.stream()
                .filter(transition -> transition.instance().name().equals(view.name()))
                .filter(transition -> end.apply(transition) == HealthStatus.EJECTED)
                .count();
    }

    @Test
    void aKeyMovesOnlyWhenItsOwnInstanceIsGoneAndComesBack() {
        TestCluster test = TestCluster.of(
                new BalancerConfig.ConsistentHash(new HashKey.Consumer()),
                health(),
                instance("a", 3),
                instance("b", 1),
                instance("c", 2),
                instance("d", 1));
        Map<String, String> before = homes(test);

        test.probe("b", false, 3);
        Map<String, String> without = homes(test);
        before.forEach((key, home) -> {
            if (home.equals("b")) {
                assertThat(without.get(key)).isNotEqualTo("b");
            } else {
                assertThat(without).containsEntry(key, home);
            }
        });
        test.probe("b", true, 2);

        assertThat(homes(test)).isEqualTo(before);
    }

    private static Map<String, String> homes(TestCluster test) {
        Map<String, String> homes = new HashMap<>();
        for (int i = 0; i < 500; i++) {
            String key = "user-" + i;
            Pick pick = test.cluster().pick(PickRequest.hashing(key));
            try (InstanceLease lease = ((Leased) pick).lease()) {
                homes.put(key, lease.instance().id().name());
            }
        }
        return homes;
    }

    private static String nextPick(TestCluster test) {
        try (InstanceLease lease = test.lease()) {
            lease.firstToken(Duration.ofMillis(10));
            return lease.instance().id().name();
        }
    }
}
