// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cluster.Pick.Leased;
import dev.penstock.config.BalancerConfig;
import dev.penstock.config.ClusterConfig;
import dev.penstock.config.HealthConfig;
import dev.penstock.config.InstanceConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A registry with one cluster on a clock that tests move, and everything it told. Thread-safe as the registry is. */
final class TestCluster {
    final FakeTime time = new FakeTime();
    final List<HealthTransition> transitions = new CopyOnWriteArrayList<>();
    final Surroundings surroundings;
    final ClusterRegistry registry;
    private int key;

    TestCluster(ClusterConfig config) {
        this(config, HostResolver.ofSystem());
    }

    TestCluster(ClusterConfig config, HostResolver resolver) {
        Random random = new Random(7);
        surroundings = new Surroundings(time::nanos, time::wall, random::nextDouble, transitions::add);
        registry = new ClusterRegistry(surroundings, resolver);
        reload(config);
    }

    static TestCluster of(BalancerConfig balancer, HealthConfig health, InstanceConfig... instances) {
        return new TestCluster(Configs.cluster(balancer, health, instances));
    }

    static TestCluster of(HealthConfig health, InstanceConfig... instances) {
        return of(new BalancerConfig.RoundRobin(), health, instances);
    }

    void reload(ClusterConfig config) {
        registry.activate(registry.prepare(List.of(config), Optional.empty()));
    }

    Cluster cluster() {
        return registry.current().cluster("c").orElseThrow();
    }

    Member member(String name) {
        return cluster().members().stream()
                .filter(member -> member.id().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    Instance instance(String name) {
        return member(name).instance();
    }

    InstanceView view(String name) {
        return cluster().view().instances().stream()
                .filter(instance -> instance.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** With a new key each time, so that a hashing cluster spreads too. */
    Pick pick() {
        return cluster().pick(PickRequest.hashing("key-" + key++));
    }

    InstanceLease lease() {
        Pick pick = pick();
        assertThat(pick).isInstanceOf(Leased.class);
        return ((Leased) pick).lease();
    }

    /** Takes leases until one is on that instance, and gives the others back. */
    InstanceLease leaseOn(String name) {
        List<InstanceLease> others = new ArrayList<>();
        try {
            for (int i = 0; i < 1000; i++) {
                InstanceLease lease = lease();
                if (lease.instance().id().name().equals(name)) {
                    return lease;
                }
                others.add(lease);
            }
            throw new AssertionError("no pick of " + name);
        } finally {
            others.forEach(InstanceLease::close);
        }
    }

    void fail(String name, int times) {
        for (int i = 0; i < times; i++) {
            try (InstanceLease lease = leaseOn(name)) {
                lease.failed(Evidence.CONNECT_FAILED, "refused");
            }
        }
    }

    void eject(String name) {
        fail(name, 3);
        assertThat(view(name).status()).isEqualTo(HealthStatus.EJECTED);
    }

    void probe(String name, boolean passes, int times) {
        for (int i = 0; i < times; i++) {
            cluster()
                    .health()
                    .probed(instance(name), passes ? new ProbeResult.Passed() : new ProbeResult.Failed("status 500"));
        }
    }

    /** How often each instance was chosen, with so many streams open at a time. */
    Map<String, Integer> picks(int count, int open) {
        Map<String, Integer> chosen = new TreeMap<>();
        List<InstanceLease> leases = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (leases.size() == open) {
                leases.removeFirst().close();
            }
            InstanceLease lease = lease();
            lease.firstToken(Duration.ofMillis(100));
            chosen.merge(lease.instance().id().name(), 1, Integer::sum);
            leases.add(lease);
        }
        leases.forEach(InstanceLease::close);
        return chosen;
    }
}
