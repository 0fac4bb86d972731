// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import java.time.Instant;

/** An instance changed its status; {@code why} is the evidence, in words fit for a log. Immutable. */
public record HealthTransition(InstanceId instance, HealthStatus from, HealthStatus to, String why, Instant at) {}
