// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.latencytracker;

/**
 * What is usual of one measure of one model, and how the last streams compare with it. What is usual follows slowly, so a model that
 * stays slow becomes the usual one in the end; while it is slow it counts once.
 *
 * <p>Guarded by this: all fields that change.
 */
final class Trend {
    /** How many streams what is usual remembers. */
    private static final int MEMORY = 1_000;

    /** Below this nobody notices a difference. */
    private static final double FLOOR_SECONDS = 0.005;

    private final LatencyTrackerConfig config;
    private long streams;
    private double usual;
    private double recent;
    private boolean slow;

    /** What one more stream has changed. */
    enum Change {
        NONE,
        REGRESSED,
        RECOVERED
    }

    Trend(LatencyTrackerConfig config) {
        this.config = config;
    }

    synchronized Change add(double seconds) {
        streams++;
        usual += (seconds - usual) / Math.min(streams, MEMORY);
        recent += (seconds - recent) / Math.min(streams, config.recentStreams());
        if (streams < config.minStreams()) {
            return Change.NONE;
        }
        if (!slow && recent > usual * config.slowerBy() && recent - usual > FLOOR_SECONDS) {
            slow = true;
            return Change.REGRESSED;
        }
        if (slow && recent < usual * (1 + config.slowerBy()) / 2) {
            slow = false;
            return Change.RECOVERED;
        }
        return Change.NONE;
    }

    /** For people: what it is now, and what is usual. */
    @Override
    public synchronized String toString() {
        return Math.round(recent * 1000) + " ms, usually " + Math.round(usual * 1000) + " ms";
    }
}
