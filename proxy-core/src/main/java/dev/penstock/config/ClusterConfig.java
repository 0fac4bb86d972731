// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.List;
import java.util.Optional;

/** Instances that serve the same thing. Immutable. */
public record ClusterConfig(
        @Doc(value = "Name, used by routes, metrics and logs.", example = "openai")
        String name,

        @Doc(
                value = "API the instances speak; a request with a path of another is not sent to them.",
                standard = "off",
                example = "openai")
        Optional<ClusterDialect> dialect,

        @Doc(
                value = "How an instance is chosen.",
                standard = "least_streams",
                example = "{consistent_hash: {header: x-user}}")
        BalancerConfig balancer,

        @Doc("How instances are found to be unusable.") HealthConfig health,

        @Doc("Other attempts before anything was sent to the client.")
        RetryConfig retry,

        @Doc("TLS towards https instances.") UpstreamTlsConfig tls,

        @Doc(value = "The servers.", filled = true) List<InstanceConfig> instances,

        @Doc(
                value = "Treat every address behind an instance's host name as an instance of its own, and follow"
                        + " changes.",
                standard = "off",
                example = "{refresh: 30s}")
        Optional<DnsConfig> dns) {
    public ClusterConfig {
        instances = List.copyOf(instances);
    }
}
