// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

/** A cluster and its share of a route's traffic. Immutable. */
@Shorthand("name")
public record WeightedCluster(
        @Doc(value = "Name of a cluster.", example = "openai")
        String name,

        @Doc(value = "Share of the route's traffic; 0 gets nothing.", standard = "1", min = 0, max = 1000)
        int weight) {}
