// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import dev.penstock.admission.LimiterScope;
import dev.penstock.admission.StreamLimiter;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One server, as long as it is known: its slots, its health, its speed. Generations of configuration come and go around it
 * (see {@link Member}); in-flight streams are what its limiter has handed out.
 *
 * <p>Thread-safe: limiter and statistics guard themselves; the health is an immutable state that only {@link ClusterHealth}
 * replaces and that every pick reads.
 */
public final class Instance {
    private static final int NO_TRIAL = -1;

    private final InstanceId id;
    private final StreamLimiter limiter;
    private final PeakEwma timeToFirstToken = new PeakEwma();

    /**
     * The epoch whose one stream on trial is in flight, or none. Taken by picks, returned by the lease; a stream that goes on
     * from an earlier trial does not stand in the way of the next.
     */
    private final AtomicInteger trial = new AtomicInteger(NO_TRIAL);

    /** Written under the monitor of the cluster's health; read by every pick. */
    private volatile Health health;

    /** Written by probe threads; read by views. */
    private volatile Optional<LastProbe> lastProbe = Optional.empty();

    /** Written by an operator; read by every pick. */
    private volatile boolean drained;

    /** A ticker's reading. Written by whoever was asked for patience; read by every pick. */
    private volatile long avoidUntil;

    Instance(InstanceId id, Health health, Surroundings surroundings) {
        this.id = id;
        this.limiter =
                new StreamLimiter(LimiterScope.INSTANCE, id.toString(), Optional.empty(), surroundings.nanoTime());
        this.health = health;
        this.avoidUntil = surroundings.nanoTime().getAsLong();
    }

    public InstanceId id() {
        return id;
    }

    /** The cap of this instance; what is in use there is the number of streams in flight. */
    public StreamLimiter limiter() {
        return limiter;
    }

    public int inFlight() {
        return limiter.inUse();
    }

    /** Whether an operator has taken it out of new picks. Survives reloads. */
    public boolean drained() {
        return drained;
    }

    void drained(boolean value) {
        drained = value;
    }

    /** Whether it has asked to be left alone for longer than this. */
    boolean isAvoided(long nanos) {
        return avoidUntil - nanos > 0;
    }

    /** A shorter patience does not cut a longer one short. */
    synchronized void avoidUntil(long nanos) {
        if (nanos - avoidUntil > 0) {
            avoidUntil = nanos;
        }
    }

    Health health() {
        return health;
    }

    void health(Health next) {
        health = next;
    }

    PeakEwma timeToFirstToken() {
        return timeToFirstToken;
    }

    Optional<LastProbe> lastProbe() {
        return lastProbe;
    }

    void lastProbe(LastProbe probe) {
        lastProbe = Optional.of(probe);
    }

    boolean trialFree(int epoch) {
        return trial.get() != epoch;
    }

    boolean takeTrial(int epoch) {
        return trial.getAndSet(epoch) != epoch;
    }

    void endTrial(int epoch) {
        trial.compareAndSet(epoch, NO_TRIAL);
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
