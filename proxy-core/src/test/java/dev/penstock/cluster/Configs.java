// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import dev.penstock.config.ActiveHealthConfig;
import dev.penstock.config.ActiveHealthConfig.ProbeType;
import dev.penstock.config.AuthConfig;
import dev.penstock.config.BalancerConfig;
import dev.penstock.config.ClusterConfig;
import dev.penstock.config.DnsConfig;
import dev.penstock.config.HashKey;
import dev.penstock.config.HealthConfig;
import dev.penstock.config.HealthConfig.AllUnhealthy;
import dev.penstock.config.HealthConfig.Assume;
import dev.penstock.config.InstanceConfig;
import dev.penstock.config.PassiveHealthConfig;
import dev.penstock.config.Percent;
import dev.penstock.config.RetryConfig;
import dev.penstock.config.StatusRange;
import dev.penstock.config.UpstreamTlsConfig;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Configuration records for tests, each with one thing changed. Immutable. */
final class Configs {
    private Configs() {}

    static InstanceConfig instance(String name) {
        return instance(name, 1, 0, Optional.empty());
    }

    static InstanceConfig instance(String name, int weight) {
        return instance(name, weight, 0, Optional.empty());
    }

    static InstanceConfig instance(String name, int weight, int priority, Optional<Integer> cap) {
        URI url = URI.create("http://" + name + ".test:80");
        return new InstanceConfig(name, url, weight, priority, cap, new AuthConfig.None(), Optional.empty(), Map.of());
    }

    static HealthConfig health() {
        return health(Optional.of(3), new Percent(50));
    }

    static HealthConfig health(Optional<Integer> failures, Percent maxEjected) {
        return new HealthConfig(
                active(Optional.empty()),
                new PassiveHealthConfig(failures, Duration.ofSeconds(10), Duration.ofSeconds(25), maxEjected),
                Optional.empty(),
                Assume.USABLE,
                AllUnhealthy.FAIL);
    }

    static ActiveHealthConfig active(Optional<String> path) {
        return new ActiveHealthConfig(
                path, ProbeType.HTTP, Duration.ofMillis(5), Duration.ofMillis(200), 2, 3, new StatusRange(200, 299));
    }

    static HealthConfig probing(HealthConfig health) {
        return new HealthConfig(
                active(Optional.of("/health")),
                health.passive(),
                health.slowStart(),
                health.assume(),
                health.allUnhealthy());
    }

    static HealthConfig slowStart(HealthConfig health, Duration slowStart) {
        return new HealthConfig(
                health.active(), health.passive(), Optional.of(slowStart), health.assume(), health.allUnhealthy());
    }

    static HealthConfig assuming(HealthConfig health, Assume assume) {
        return new HealthConfig(health.active(), health.passive(), health.slowStart(), assume, health.allUnhealthy());
    }

    static HealthConfig tryAll(HealthConfig health) {
        return new HealthConfig(
                health.active(), health.passive(), health.slowStart(), health.assume(), AllUnhealthy.TRY_ALL);
    }

    static ClusterConfig cluster(BalancerConfig balancer, HealthConfig health, InstanceConfig... instances) {
        return cluster(balancer, health, Optional.empty(), instances);
    }

    static ClusterConfig cluster(
            BalancerConfig balancer, HealthConfig health, Optional<DnsConfig> dns, InstanceConfig... instances) {
        return new ClusterConfig(
                "c",
                Optional.empty(),
                balancer,
                health,
                new RetryConfig(2, List.of(), Duration.ofSeconds(10), new Percent(20), Optional.empty()),
                new UpstreamTlsConfig(Optional.empty(), Optional.empty()),
                List.of(instances),
                dns);
    }

    static Stream<BalancerConfig> everyBalancer() {
        return Stream.of(
                new BalancerConfig.RoundRobin(),
                new BalancerConfig.LeastStreams(),
                new BalancerConfig.PeakEwma(),
                new BalancerConfig.RandomTwo(),
                new BalancerConfig.ConsistentHash(new HashKey.Consumer()));
    }
}
