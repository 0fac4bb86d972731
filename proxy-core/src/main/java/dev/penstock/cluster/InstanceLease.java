// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import dev.penstock.admission.StreamPermit;
import dev.penstock.config.InstanceConfig;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A slot on an instance, and the way to say how the instance behaved. The first of {@link #succeeded()} and {@link #failed}
 * counts; a lease that is closed without either, as when the client left, says nothing about the instance. Closing again does
 * nothing.
 *
 * <p>Thread-safe: each thing that happens once is behind an atomic flag.
 */
public final class InstanceLease implements AutoCloseable {
    private final Member member;
    private final StreamPermit permit;
    private final ClusterHealth reports;
    private final int epoch;
    private final boolean trial;
    private final AtomicBoolean reported = new AtomicBoolean();
    private final AtomicBoolean begun = new AtomicBoolean();
    private final AtomicBoolean open = new AtomicBoolean(true);

    InstanceLease(Member member, StreamPermit permit, ClusterHealth reports, int epoch, boolean trial) {
        this.member = member;
        this.permit = permit;
        this.reports = reports;
        this.epoch = epoch;
        this.trial = trial;
    }

    public Instance instance() {
        return member.instance();
    }

    /** URL, credentials, model and headers of the generation that made the pick. */
    public InstanceConfig config() {
        return member.config();
    }

    /** The stream reached its end; not for a stream whose client left. */
    public void succeeded() {
        if (reported.compareAndSet(false, true)) {
            reports.succeeded(instance(), epoch);
        }
    }

    /** The instance failed the stream; the detail is for the log and must hold nothing secret. */
    public void failed(Evidence evidence, String detail) {
        if (reported.compareAndSet(false, true)) {
            reports.failed(instance(), epoch, evidence, detail);
        }
    }

    /** The first token came, after that time from the sending of the request. */
    public void firstToken(Duration after) {
        if (begun.compareAndSet(false, true)) {
            reports.firstToken(instance(), epoch, after);
        }
    }

    /**
     * Given up without a first event, after that time from the sending of the request: it is at least as slow as that. That is
     * no failure, and no success.
     */
    public void gaveNothing(Duration soFar) {
        if (begun.compareAndSet(false, true)) {
            reports.gaveNothing(instance(), soFar);
        }
    }

    /** Another instance that was asked later was first. Of an instance on trial that is too little; of others it says nothing. */
    public void outrun() {
        if (trial) {
            failed(Evidence.OUTRUN, "on trial");
        }
    }

    /** The instance asks to be left alone for that time; others are asked meanwhile, if there are any. */
    public void leaveAlone(Duration time) {
        reports.asked(instance(), time);
    }

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            permit.close();
            if (trial) {
                instance().endTrial(epoch);
            }
        }
    }
}
