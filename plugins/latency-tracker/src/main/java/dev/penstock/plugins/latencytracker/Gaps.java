// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.latencytracker;

/**
 * The times between the events of one stream, counted in buckets that are an eighth of their value wide.
 *
 * <p>Confined to the stream's observer.
 */
final class Gaps {
    private static final int STEPS = 3;
    private static final int LOW_BITS = (1 << STEPS) - 1;
    private static final int BUCKETS = 64 << STEPS;

    private final int[] counts = new int[BUCKETS];
    private long count;
    private double sum;

    void add(long nanos) {
        long gap = Math.max(0, nanos);
        counts[bucket(gap)]++;
        count++;
        sum += gap;
    }

    long count() {
        return count;
    }

    double meanSeconds() {
        return count == 0 ? 0 : sum / count / 1e9;
    }

    /** At most an eighth too high. */
    double p99Seconds() {
        long rank = Math.max(1, (long) Math.ceil(count * 0.99));
        long seen = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            seen += counts[bucket];
            if (seen >= rank) {
                return upper(bucket) / 1e9;
            }
        }
        return 0;
    }

    /** The value's highest bit, and the three bits below it. */
    private static int bucket(long nanos) {
        if (nanos < 1 << STEPS) {
            return (int) nanos;
        }
        int high = 63 - Long.numberOfLeadingZeros(nanos);
        int low = (int) (nanos >>> (high - STEPS)) & LOW_BITS;
        return ((high - STEPS + 1) << STEPS) + low;
    }

    private static double upper(int bucket) {
        if (bucket < 1 << STEPS) {
            return bucket;
        }
        int shift = (bucket >> STEPS) - 1;
        return ((1 << STEPS) + (bucket & LOW_BITS) + 1) * Math.pow(2, shift);
    }
}
