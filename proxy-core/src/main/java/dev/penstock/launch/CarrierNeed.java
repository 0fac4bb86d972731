// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import java.time.Duration;

/**
 * How many carriers the load needs: so many that on average each is busy for {@value #FULL} of the time at most; and all of them for a
 * while after a moment in which the average was not the whole story.
 *
 * <p>A carrier that the operating system makes wait is busy too: on a machine that is short of processors, CPU time would say that
 * little is to do.
 *
 * <p>Confined to the governor's thread.
 */
final class CarrierNeed {
    private static final double FULL = 0.6;

    /** How much a look moves the average: a hundred of them, each a tick apart, make a second's. */
    private static final double WEIGHT = 0.01;

    private static final Duration ALL_FOR = Duration.ofMillis(250);

    private final int most;
    private double busy;
    private long allUntil;

    /** Starts with all of them. */
    CarrierNeed(int most, long now) {
        this.most = most;
        this.busy = most;
        this.allUntil = now;
    }

    /** Whatever the average, all are needed now, a {@link System#nanoTime}. */
    void all(long now) {
        allUntil = now + ALL_FOR.toNanos();
    }

    /** So many carriers are at work at this moment. */
    void seen(int working) {
        busy += (working - busy) * WEIGHT;
    }

    int carriers(long now) {
        return allUntil - now > 0 ? most : Math.clamp((long) Math.ceil(busy / FULL), 1, most);
    }
}
