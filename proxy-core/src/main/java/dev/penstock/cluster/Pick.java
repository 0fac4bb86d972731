// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import java.time.Duration;

/** The answer of a cluster that was asked for an instance. Immutable. */
public sealed interface Pick {

    /** Chosen, and its slot taken; whoever receives this closes the lease. */
    record Leased(InstanceLease lease) implements Pick {}

    /** No instance is usable, or every usable one was excluded; the nearest recovery is expected after that time. */
    record NoneHealthy(Duration retryAfter) implements Pick {}

    /** There are usable instances and all are at their cap; a slot is expected after that time. */
    record Saturated(Duration retryAfter) implements Pick {}
}
