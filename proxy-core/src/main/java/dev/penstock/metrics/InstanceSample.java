// SPDX-License-Identifier: Apache-2.0
package dev.penstock.metrics;

import static java.util.Objects.requireNonNull;

/** What one upstream instance says about itself at this moment: requests it holds, and whether a pick may choose it. Immutable. */
public record InstanceSample(String cluster, String instance, int inFlight, boolean healthy) {
    public InstanceSample {
        requireNonNull(cluster, "cluster");
        requireNonNull(instance, "instance");
    }
}
