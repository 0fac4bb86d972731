// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import dev.penstock.config.Percent;
import java.util.function.LongSupplier;

/**
 * How many further attempts a cluster may cause: a share of the requests of the last ten seconds, and a few where there are
 * hardly any, so that a cluster in trouble is not also hit twice by everybody. No share, no retries. Guarded by this: share,
 * and the counts of each second.
 */
public final class RetryBudget {
    private static final int SECONDS = 10;
    private static final int FEW = 3;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final LongSupplier nanoTime;
    private final int[] requests = new int[SECONDS];
    private final int[] retries = new int[SECONDS];
    private Percent share;
    private long newest;

    public RetryBudget(Percent share, LongSupplier nanoTime) {
        this.share = share;
        this.nanoTime = nanoTime;
        this.newest = second();
    }

    /** A first attempt is made. */
    public synchronized void requested() {
        requests[slot()]++;
    }

    /** Takes one further attempt out of the budget, if there is one. */
    public synchronized boolean tryRetry() {
        int slot = slot();
        double allowed = Math.max(FEW, sum(requests) * share.fraction());
        if (share.value() == 0 || sum(retries) + 1 > allowed) {
            return false;
        }
        retries[slot]++;
        return true;
    }

    synchronized void resize(Percent newShare) {
        share = newShare;
    }

    private int slot() {
        long now = second();
        long first = Math.max(newest, now - SECONDS) + 1;
        for (long passed = first; passed <= now; passed++) {
            requests[Math.floorMod(passed, SECONDS)] = 0;
            retries[Math.floorMod(passed, SECONDS)] = 0;
        }
        newest = Math.max(newest, now);
        return Math.floorMod(newest, SECONDS);
    }

    private long second() {
        return Math.floorDiv(nanoTime.getAsLong(), NANOS_PER_SECOND);
    }

    private static int sum(int[] counts) {
        int sum = 0;
        for (int count : counts) {
            sum += count;
        }
        return sum;
    }
}
