// SPDX-License-Identifier: Apache-2.0
package dev.penstock.admission;

/**
 * How fast permits of one limiter have been coming back: releases per busy second, forgotten exponentially. The clock runs
 * only while permits are out, so an idle night does not make the next refusal say "come back tomorrow". An estimate for
 * {@code Retry-After}, nothing else depends on it. Guarded by this: releases, seconds, last.
 */
final class ReleasePace {
    private static final double MEMORY_SECONDS = 30;
    private static final double NANOS_PER_SECOND = 1e9;

    private double releases;
    private double seconds;
    private long last;

    /** The first permit went out after an idle time, which is not counted. */
    synchronized void busyAgain(long now) {
        last = now;
    }

    synchronized void released(long now) {
        advance(now);
        releases++;
    }

    /** Seconds until that many more permits will have come back; without experience, what was waited in vain so far. */
    synchronized double secondsFor(int permits, long now) {
        advance(now);
        return permits * seconds / Math.max(1, releases);
    }

    private void advance(long now) {
        double elapsed = Math.max(0, now - last) / NANOS_PER_SECOND;
        double kept = Math.exp(-elapsed / MEMORY_SECONDS);
        releases *= kept;
        seconds = seconds * kept + MEMORY_SECONDS * (1 - kept);
        last = now;
    }
}
