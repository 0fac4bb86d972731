// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * An instance as an operator sees it. {@code usable} is whether a pick could choose it now, were it not for its cap;
 * {@code failures} and {@code ejections} are those in a row. Immutable.
 */
public record InstanceView(
        String name,
        String url,
        HealthStatus status,
        boolean usable,
        boolean drained,
        Instant since,
        String why,
        int weight,
        int priority,
        int inFlight,
        Optional<Integer> limit,
        int failures,
        int ejections,
        Duration ejectedFor,
        Optional<LastProbe> lastProbe) {}
