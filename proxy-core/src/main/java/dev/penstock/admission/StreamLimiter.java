// SPDX-License-Identifier: Apache-2.0
package dev.penstock.admission;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/**
 * A cap on concurrent streams: of the worker, a route, an instance or a consumer. What is in use is what the semaphore has
 * handed out; nothing is counted beside it. The cap may be changed while permits are out: growing admits at once, shrinking
 * below what is in use cuts nobody and waits for nobody, it lets no new stream in until enough have ended.
 *
 * <p>Thread-safe: a semaphore hands out the permits; a change of the limit and its reading exclude each other on this
 * object's monitor, under which nothing foreign is called.
 */
public final class StreamLimiter {
    private static final int UNLIMITED = Integer.MAX_VALUE;

    private final LimiterScope scope;
    private final String name;
    private final LongSupplier nanoTime;
    private final Slots slots;
    private final ReleasePace pace = new ReleasePace();

    /** Written under the monitor by whoever resizes; read without it only to see whether the limiter was idle. */
    private volatile int limit;

    /** Written once by the queue that hands over; read by every thread that returns a permit. */
    private volatile Runnable whenRoom = StreamLimiter::nobodyWaits;

    /** An empty limit is no limit: streams are counted and never refused. Zero admits nothing. */
    public StreamLimiter(LimiterScope scope, String name, Optional<Integer> limit, LongSupplier nanoTime) {
        this.scope = requireNonNull(scope, "scope");
        this.name = requireNonNull(name, "name");
        this.nanoTime = requireNonNull(nanoTime, "nanoTime");
        this.limit = checked(limit);
        this.slots = new Slots(this.limit);
    }

    public LimiterScope scope() {
        return scope;
    }

    public String name() {
        return name;
    }

    /** Takes a permit if there is one now; never waits. */
    public Optional<StreamPermit> tryAcquire() {
        if (!slots.tryAcquire()) {
            return Optional.empty();
        }
        if (limit - slots.availablePermits() <= 1) {
            pace.busyAgain(nanoTime.getAsLong());
        }
        return Optional.of(new StreamPermit(this));
    }

    /** Permits that are out. More than the limit for a while after shrinking. */
    public synchronized int inUse() {
        return limit - slots.availablePermits();
    }

    /** Permits that could be taken now, never below zero; {@link Integer#MAX_VALUE} or near it when there is no limit. */
    public int available() {
        return Math.max(0, slots.availablePermits());
    }

    /** The cap, or empty when there is none. */
    public Optional<Integer> limit() {
        int now = limit;
        return now == UNLIMITED ? Optional.empty() : Optional.of(now);
    }

    /** Changes the cap at once, whatever is out; whoever waits for room is served if there is more of it now. */
    public void resize(Optional<Integer> newLimit) {
        resizeSilently(newLimit);
        whenRoom.run();
    }

    synchronized void resizeSilently(Optional<Integer> newLimit) {
        int wanted = checked(newLimit);
        int growth = wanted - limit;
        if (growth < 0) {
            slots.shrink(-growth);
        } else {
            slots.release(growth);
        }
        limit = wanted;
    }

    /**
     * Seconds, at the pace at which permits have been coming back, until that many more will have. Not rounded, not
     * jittered; see {@link RetryAdvice}.
     */
    public double secondsUntilReleased(int permits) {
        return pace.secondsFor(permits, nanoTime.getAsLong());
    }

    /** Called after every release and resize, by the thread that did it and outside every monitor of this class. */
    void whenRoom(Runnable listener) {
        if (!whenRoom.equals(listener)) {
            whenRoom = listener;
        }
    }

    void release() {
        pace.released(nanoTime.getAsLong());
        slots.release();
        whenRoom.run();
    }

    /** Takes back a permit that carried no stream: nobody is told, it says nothing about the pace. */
    void putBack() {
        slots.release();
    }

    private static void nobodyWaits() {}

    private static int checked(Optional<Integer> limit) {
        int value = limit.orElse(UNLIMITED);
        if (value < 0) {
            throw new IllegalArgumentException("a limit of " + value + " streams");
        }
        return value;
    }

    @Override
    public String toString() {
        return scope.word() + " " + name + ": " + inUse() + " of "
                + limit().map(String::valueOf).orElse("unlimited");
    }

    /** Lets the limiter take permits away without waiting for them: the count may go below zero. */
    private static final class Slots extends Semaphore {
        Slots(int permits) {
            super(permits);
        }

        void shrink(int by) {
            reducePermits(by);
        }
    }
}
