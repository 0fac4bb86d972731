// SPDX-License-Identifier: Apache-2.0
package dev.penstock.admission;

import static java.util.Objects.requireNonNull;

import dev.penstock.admission.Admission.Admitted;
import dev.penstock.admission.Admission.Cancelled;
import dev.penstock.admission.Admission.Reason;
import dev.penstock.admission.Admission.Refused;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The gate: hands out the permits of consumer, route and worker together or not at all, in turns between consumers and first
 * come first served within one, and keeps those who cannot be admitted in a line bounded in number and time.
 *
 * <p>Invariants. A newcomer joins the line before the line is served, so it never overtakes a waiter that could be admitted.
 * Whoever returns a permit serves the line, under the same monitor under which a newcomer joined it, so no return goes
 * unnoticed. A waiter holds its consumer's permit and no other: a consumer's cap counts its waiting requests too, and its
 * excess is refused at once. What is granted and then not collected goes on to the next.
 *
 * <p>Guarded by this: line, maxWaiting, closed, and every ticket's decision. Lock order: this, then a consumer's entry in
 * {@link ConsumerLimiters}, then a limiter; nobody goes the other way.
 */
public final class AdmissionQueue implements AutoCloseable {
    private final StreamLimiter worker;
    private final ConsumerLimiters consumers;
    private final RetryAdvice advice;
    private final LongSupplier nanoTime;
    private final WaitingLine line = new WaitingLine();
    private final Runnable serve = this::serve;
    private int maxWaiting;
    private boolean closed;

    /** A queue of zero refuses at once whatever cannot be admitted. */
    public AdmissionQueue(
            StreamLimiter worker,
            ConsumerLimiters consumers,
            int maxWaiting,
            RetryAdvice advice,
            LongSupplier nanoTime) {
        this.worker = requireNonNull(worker, "worker");
        this.consumers = requireNonNull(consumers, "consumers");
        this.maxWaiting = notNegative(maxWaiting);
        this.advice = requireNonNull(advice, "advice");
        this.nanoTime = requireNonNull(nanoTime, "nanoTime");
        worker.whenRoom(serve);
    }

    /** Joins the line, never blocking; the ticket is decided already if there is room, or no room to wait. */
    public AdmissionTicket enter(AdmissionRequest request) {
        request.route().whenRoom(serve);
        synchronized (this) {
            AdmissionTicket ticket = new AdmissionTicket(this, request, now());
            if (closed) {
                refuse(ticket, Reason.DRAINING);
                return ticket;
            }
            Optional<StreamPermit> consumer = consumers.tryAcquire(request.consumer());
            if (consumer.isEmpty()) {
                refuse(ticket, Reason.CONSUMER_CAP);
                return ticket;
            }
            ticket.hold(consumer.get());
            line.add(ticket);
            serve();
            bound(ticket);
            return ticket;
        }
    }

    /** Requests waiting now. */
    public synchronized int depth() {
        return line.size();
    }

    /** The worker's cap, whose permits this queue hands out: what is in use there is the number of admitted streams. */
    public StreamLimiter worker() {
        return worker;
    }

    public ConsumerLimiters consumers() {
        return consumers;
    }

    /** Bounds the queue anew for those who enter from now on; nobody who waits is sent away. */
    public synchronized void resize(int newMaxWaiting) {
        maxWaiting = notNegative(newMaxWaiting);
    }

    private static int notNegative(int maxWaiting) {
        if (maxWaiting < 0) {
            throw new IllegalArgumentException("a queue of " + maxWaiting);
        }
        return maxWaiting;
    }

    /** Draining: whoever waits or comes later is refused at once. Those admitted keep their permits. */
    @Override
    public synchronized void close() {
        closed = true;
        line.takeAll().forEach(ticket -> refuse(ticket, Reason.DRAINING));
    }

    long now() {
        return nanoTime.getAsLong();
    }

    synchronized Admission collect(AdmissionTicket ticket) {
        return ticket.take();
    }

    synchronized void expire(AdmissionTicket ticket) {
        if (ticket.decision().isEmpty()) {
            line.remove(ticket);
            refuse(ticket, Reason.QUEUE_TIMEOUT);
        }
    }

    synchronized boolean cancel(AdmissionTicket ticket) {
        if (ticket.collected()) {
            return !(ticket.take() instanceof Admitted);
        }
        Optional<Admission> decision = ticket.decision();
        if (decision.isEmpty()) {
            line.remove(ticket);
            ticket.returnHeld();
            ticket.decide(new Cancelled(ticket.waited(now())));
        } else if (decision.get() instanceof Admitted admitted) {
            ticket.decide(new Cancelled(ticket.waited(now())));
            admitted.permits().close();
        }
        return true;
    }

    /** Admits from the line as long as there is room for anybody in it. */
    private synchronized void serve() {
        while (line.size() > 0) {
            Optional<StreamPermit> slot = worker.tryAcquire();
            if (slot.isEmpty()) {
                return;
            }
            if (line.takeFirst(ticket -> admit(ticket, slot.get())).isEmpty()) {
                slot.get().putBack();
                return;
            }
        }
    }

    private boolean admit(AdmissionTicket ticket, StreamPermit slot) {
        Optional<StreamPermit> route = ticket.route().tryAcquire();
        route.ifPresent(permit ->
                ticket.decide(new Admitted(new StreamPermits(ticket.held(), permit, slot), ticket.waited(now()))));
        return route.isPresent();
    }

    private void bound(AdmissionTicket newcomer) {
        if (newcomer.decision().isPresent() || line.size() <= maxWaiting) {
            return;
        }
        boolean noQueue = maxWaiting == 0;
        AdmissionTicket surplus = noQueue ? newcomer : line.surplus(newcomer);
        line.remove(surplus);
        refuse(surplus, noQueue ? capReason(surplus) : Reason.QUEUE_FULL);
    }

    private void refuse(AdmissionTicket ticket, Reason reason) {
        Duration retryAfter = advice.after(expectedSeconds(ticket, reason));
        ticket.returnHeld();
        ticket.decide(new Refused(reason, retryAfter, ticket.waited(now())));
    }

    private double expectedSeconds(AdmissionTicket ticket, Reason reason) {
        return switch (reason) {
            case CONSUMER_CAP -> consumers.secondsUntilReleased(ticket.consumer(), 1);
            case DRAINING -> 0;
            case WORKER_CAP, ROUTE_CAP, QUEUE_FULL, QUEUE_TIMEOUT ->
                (worker.available() == 0 ? worker : ticket.route()).secondsUntilReleased(line.size() + 1);
        };
    }

    private Reason capReason(AdmissionTicket ticket) {
        return ticket.route().available() == 0 && worker.available() > 0 ? Reason.ROUTE_CAP : Reason.WORKER_CAP;
    }
}
