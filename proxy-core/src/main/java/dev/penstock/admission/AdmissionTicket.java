// SPDX-License-Identifier: Apache-2.0
package dev.penstock.admission;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One request at the gate. The stream's thread blocks in {@link #await()}; any other thread may {@link #cancel()}, at any
 * time. Every ticket is awaited or closed: an admission that nobody collected is given on to the next in line, one that was
 * collected belongs to the collector, and closing the ticket does not touch it.
 *
 * <p>Guarded by the {@link AdmissionQueue}: held, decision, collected. The latch opens when there is a decision.
 */
public final class AdmissionTicket implements AutoCloseable {
    private final AdmissionQueue queue;
    private final AdmissionRequest request;
    private final long entered;
    private final long patience;
    private final CountDownLatch decided = new CountDownLatch(1);

    private Optional<StreamPermit> held = Optional.empty();
    private Optional<Admission> decision = Optional.empty();
    private boolean collected;

    AdmissionTicket(AdmissionQueue queue, AdmissionRequest request, long entered) {
        this.queue = queue;
        this.request = request;
        this.entered = entered;
        this.patience = TimeUnit.NANOSECONDS.convert(request.maxWait());
    }

    /**
     * Blocks until the request is admitted or refused, has waited long enough, or is cancelled. An interrupt cancels, and
     * stays set. Asked again, it gives the same answer.
     */
    public Admission await() {
        try {
            while (!decided.await(remaining(), TimeUnit.NANOSECONDS)) {
                if (remaining() <= 0) {
                    queue.expire(this);
                }
            }
        } catch (InterruptedException e) {
            queue.cancel(this);
            Thread.currentThread().interrupt();
        }
        return queue.collect(this);
    }

    /** Leaves the line at once. True if the request will not be admitted; false if its admission was already collected. */
    public boolean cancel() {
        return queue.cancel(this);
    }

    @Override
    public void close() {
        cancel();
    }

    String consumer() {
        return request.consumer();
    }

    StreamLimiter route() {
        return request.route();
    }

    Duration waited(long now) {
        return Duration.ofNanos(Math.max(0, now - entered));
    }

    /** Under the queue's monitor: what a waiter holds while it waits. */
    void hold(StreamPermit consumerPermit) {
        held = Optional.of(consumerPermit);
    }

    /** Under the queue's monitor, of a ticket that holds its consumer's permit. */
    StreamPermit held() {
        return held.orElseThrow();
    }

    /** Under the queue's monitor, of a ticket that is not admitted. */
    void returnHeld() {
        held.ifPresent(StreamPermit::close);
    }

    /** Under the queue's monitor. */
    Optional<Admission> decision() {
        return decision;
    }

    /** Under the queue's monitor. A later decision replaces an earlier one that was not collected. */
    void decide(Admission admission) {
        decision = Optional.of(admission);
        decided.countDown();
    }

    /** Under the queue's monitor. */
    boolean collected() {
        return collected;
    }

    /** Under the queue's monitor, once there is a decision. */
    Admission take() {
        collected = true;
        return decision.orElseThrow();
    }

    private long remaining() {
        return patience - (queue.now() - entered);
    }
}
