// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import java.time.Duration;
import java.time.Instant;

/** The newest probe of an instance: when it ended, how, how long it took. Immutable. */
public record LastProbe(Instant at, boolean passed, String detail, Duration took) {}
