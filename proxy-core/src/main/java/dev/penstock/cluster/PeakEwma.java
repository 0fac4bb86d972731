// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import java.time.Duration;
import java.util.OptionalDouble;

/**
 * An instance's time to first token as a moving average that jumps to every worse sample at once and forgets it over
 * seconds, after Finagle's peak EWMA: a slow instance is avoided immediately and tried again after a while. Guarded by this:
 * seconds, stamp, known.
 */
final class PeakEwma {
    private static final double MEMORY_SECONDS = 10;
    private static final double NANOS_PER_SECOND = 1e9;

    private double seconds;
    private long stamp;
    private boolean known;

    synchronized void observe(Duration sample, long now) {
        double observed = sample.toNanos() / NANOS_PER_SECOND;
        double kept = kept(now);
        seconds = known && observed < seconds ? seconds * kept + observed * (1 - kept) : observed;
        stamp = now;
        known = true;
    }

    /** A sample that is not over yet: it can only make the expectation worse. */
    synchronized void atLeast(Duration soFar, long now) {
        if (!known || seconds * kept(now) < soFar.toNanos() / NANOS_PER_SECOND) {
            observe(soFar, now);
        }
    }

    /** What to expect now; empty when nothing was observed yet. */
    synchronized OptionalDouble seconds(long now) {
        return known ? OptionalDouble.of(seconds * kept(now)) : OptionalDouble.empty();
    }

    private double kept(long now) {
        return Math.exp(-Math.max(0, now - stamp) / NANOS_PER_SECOND / MEMORY_SECONDS);
    }
}
