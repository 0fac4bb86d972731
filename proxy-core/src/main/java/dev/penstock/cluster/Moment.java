// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import java.time.Duration;
import java.time.Instant;

/** One moment on both clocks: the ticker for reckoning, the wall for people. Immutable. */
record Moment(long nanos, Instant wall) {

    Duration since(long earlierNanos) {
        return Duration.ofNanos(Math.max(0, nanos - earlierNanos));
    }
}
