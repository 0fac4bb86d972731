// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import static dev.penstock.cluster.Configs.health;
import static dev.penstock.cluster.Configs.instance;
import static dev.penstock.cluster.Configs.probing;
import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.config.BalancerConfig;
import dev.penstock.config.ClusterConfig;
import dev.penstock.config.DnsConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class DnsFollowingTest {
    private final ScriptedResolver resolver = new ScriptedResolver();
    private final ClusterConfig config = Configs.cluster(
            new BalancerConfig.RoundRobin(),
            probing(health()),
            Optional.of(new DnsConfig(Duration.ofMillis(5))),
            instance("a"));
    private final TestCluster test = new TestCluster(config, resolver);

    @AfterEach
    void stop() {
        test.registry.close();
    }

    @Test
    void untilTheNameIsFoundItIsOneInstance() {
        assertThat(test.picks(4, 1)).containsOnlyKeys("a");
        eventually("asked", () -> resolver.asked.get() > 2);
        assertThat(test.picks(4, 1)).containsOnlyKeys("a");
    }

    @Test
    void eachAddressIsAnInstanceAndKeepsItsStateWhileItStays() {
        resolver.answer("10.0.0.1", "10.0.0.2");
        eventually("found", () -> names().equals(List.of("a@10.0.0.1", "a@10.0.0.2")));
        test.probe("a@10.0.0.1", false, 3);
        InstanceLease living = test.lease();
        assertThat(living.instance().id().address()).contains(InetAddress.ofLiteral("10.0.0.2"));

        resolver.answer("10.0.0.3", "10.0.0.1");
        eventually("changed", () -> names().equals(List.of("a@10.0.0.1", "a@10.0.0.3")));

        assertThat(test.picks(10, 1)).containsOnlyKeys("a@10.0.0.3");
        test.reload(config);
        assertThat(names()).containsExactly("a@10.0.0.1", "a@10.0.0.3");
        assertThat(test.picks(10, 1)).containsOnlyKeys("a@10.0.0.3");
        living.close();
    }

    @Test
    void whoeverProbesIsToldOfChanges() {
        List<Integer> members = new CopyOnWriteArrayList<>();
        test.registry.membersListener(clusters ->
                members.add(clusters.cluster("c").orElseThrow().members().size()));

        resolver.answer("10.0.0.1", "10.0.0.2", "10.0.0.3");

        eventually("told", () -> members.contains(3));
    }

    @Test
    void aFailingResolverEmptiesNothing() {
        resolver.answer("10.0.0.1");
        eventually("found", () -> names().equals(List.of("a@10.0.0.1")));

        resolver.answers.clear();
        int asked = resolver.asked.get();
        eventually("asked again", () -> resolver.asked.get() > asked + 2);

        assertThat(names()).containsExactly("a@10.0.0.1");
    }

    private List<String> names() {
        return test.cluster().members().stream()
                .map(member -> member.id().name())
                .toList();
    }

    /** Knows one host. Thread-safe: a concurrent map and an atomic. */
    private static final class ScriptedResolver implements HostResolver {
        private final Map<String, List<InetAddress>> answers = new ConcurrentHashMap<>();
        private final AtomicInteger asked = new AtomicInteger();

        void answer(String... addresses) {
            answers.put(
                    "a.test",
                    List.of(addresses).stream().map(InetAddress::ofLiteral).toList());
        }

        @Override
        public List<InetAddress> resolve(String host) throws UnknownHostException {
            asked.incrementAndGet();
            return Optional.ofNullable(answers.get(host)).orElseThrow(() -> new UnknownHostException(host));
        }
    }
}
