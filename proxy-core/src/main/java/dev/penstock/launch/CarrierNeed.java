// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import java.time.Duration;

/**
 * How many carriers the load needs: so many that on average each is busy for {@value #FULL} of the time at most; and all of them for a
 * while after a virtual thread was late, because then the average is not the whole story.
 *
 * <p>Confined to the governor's thread.
 */
final class CarrierNeed {
    private static final double FULL = 0.6;

    /** How much a sample moves the average: ten of them make a second's. */
    private static final double WEIGHT = 0.1;

    private static final Duration ALL_AFTER_LATE = Duration.ofMillis(250);

    private final int most;
    private double processors;
    private long allUntil;

    /** Starts with all of them. */
    CarrierNeed(int most, long now) {
        this.most = most;
        this.processors = most;
        this.allUntil = now;
    }

    /** A virtual thread has waited too long; {@code now} is a {@link System#nanoTime}. */
    void late(long now) {
        allUntil = now + ALL_AFTER_LATE.toNanos();
    }

    /** In the last tenth of a second, the process used so many processors. */
    void used(double sample) {
        processors += (sample - processors) * WEIGHT;
    }

    int carriers(long now) {
        return allUntil - now > 0 ? most : Math.clamp((long) Math.ceil(processors / FULL), 1, most);
    }
}
