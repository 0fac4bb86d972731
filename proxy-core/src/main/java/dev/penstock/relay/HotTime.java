// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * The carriers' time that hot streams have together: all but one of the carriers. A stream whose turn is spent books as much time
 * again, behind what others have booked, and parks until it is due; when nothing is booked, it just yields.
 *
 * <p>Yielding alone would not do. A carrier looks at other queues only when its own is empty, and stays with the queue that it found
 * for as long as something is in it. So two hot streams on each carrier hand it to each other for ever, while the threads that come
 * from outside wait: the JDK's pollers, and with them every stream whose input has come.
 *
 * <p>Thread-safe: one atomic booking.
 */
public final class HotTime {
    /** As global as the JVM's scheduler, whose carriers it shares out. */
    static final HotTime SHARED = new HotTime(Integer.getInteger(
            "jdk.virtualThreadScheduler.parallelism", Runtime.getRuntime().availableProcessors()));

    /** Parking and coming back takes about as long. */
    private static final long WORTH_PARKING = 50_000;

    /** More than this was not spent on the stream: the machine stood still, or the thread was kept waiting for its carrier. */
    private static final long LONGEST_TURN = 10_000_000;

    private final double share;
    private final AtomicLong bookedUntil = new AtomicLong(System.nanoTime());

    HotTime(int carriers) {
        this.share = carriers > 1 ? carriers - 1 : 0.5;
    }

    /** Whether a stream spends turn after turn at this moment, in this JVM. For any thread. */
    public static boolean isAnyoneHot() {
        return SHARED.bookedUntil.get() - System.nanoTime() > 0;
    }

    /** Lets others run, on the stream's thread, after a turn that took so long; a stream that is given up waits no longer. */
    void pass(long turnNanos, BooleanSupplier givenUp) {
        long now = System.nanoTime();
        long wait = book(turnNanos, now);
        if (wait < WORTH_PARKING) {
            yieldNow();
        } else {
            Parking.until(now + wait, givenUp);
        }
    }

    /** Books a turn; returns how long from now it is until it is due. */
    long book(long turnNanos, long now) {
        long cost = (long) (Math.min(turnNanos, LONGEST_TURN) / share);
        long until = bookedUntil.updateAndGet(booked -> now + Math.max(0, booked - now) + cost);
        return until - cost - now;
    }

    @SuppressWarnings("ThreadPriorityCheck") // Virtual threads have no time slices.
    private static void yieldNow() {
        Thread.yield();
    }
}
