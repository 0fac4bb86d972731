// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What one thread is doing inside plugin code, so that others can interrupt it there and only there.
 *
 * <p>A call has a number, and the state is that number and a step in one long, changed by compare-and-set: whoever wants to
 * interrupt call 7 cannot hit call 8, nor core's own code after it. Steps: IDLE, IN_CALL, IDLE is the rule. An interruption
 * is IN_CALL, INTERRUPTING, INTERRUPTED; the owner waits out INTERRUPTING, as {@code FutureTask} does, and clears the flag
 * before it leaves. INTERRUPTED to STUCK gives the call up: when it returns, if ever, its stream has ended without it.
 *
 * <p>Two races are settled in the way of Dekker, each side writing its own word before it reads the other's: {@link #enter}
 * against {@link #cancel}, and {@link #leave} against {@link #afterwards}.
 *
 * <p>Thread-safe: the owner enters and leaves; the watchdog, a canceller and a finisher go through the state and the
 * volatile fields.
 */
final class CallGuard {
    /** How a call ended, for its owner. */
    enum Left {
        NORMALLY,
        INTERRUPTED,
        STUCK
    }

    private static final int STEP_BITS = 3;
    private static final long STEP_MASK = 7;
    private static final long IDLE = 0;
    private static final long IN_CALL = 1;
    private static final long INTERRUPTING = 2;
    private static final long INTERRUPTED = 3;
    private static final long STUCK = 4;

    private final Thread owner;
    private final String stream;
    private final AtomicLong state = new AtomicLong();
    private final AtomicReference<@Nullable Runnable> next = new AtomicReference<>();
    private volatile boolean cancelled; // written by any thread, read by the owner

    private long number; // owner only
    private boolean interruptedBefore; // owner only

    // Written by the owner before IN_CALL; a reader checks with a compare-and-set that they belong to the call it saw.
    private CallSite site = CallSite.NONE;
    private @Nullable Opened target;
    private long enteredNanos;
    private long stalledBefore;
    private long budgetNanos;

    // Written by whoever wins INTERRUPTING, before INTERRUPTED; read after it.
    private long interruptedNanos;
    private boolean forCancel;

    /** For the calls of one thread, on behalf of one stream. */
    CallGuard(Thread owner, String stream) {
        this.owner = owner;
        this.stream = stream;
    }

    /** By the owner, before plugin code; false if it must not run, since the stream was cancelled. */
    boolean enter(CallSite callSite, Opened callTarget, long now, long stalled, long budget) {
        number++;
        site = callSite;
        target = callTarget;
        enteredNanos = now;
        stalledBefore = stalled;
        budgetNanos = budget;
        forCancel = false;
        interruptedBefore = Thread.interrupted();
        state.set(at(number, IN_CALL));
        if (cancelled && callSite.phase() != Phase.FINISH) {
            leave();
            return false;
        }
        return true;
    }

    /** By the owner, after plugin code. The interrupt flag is then as it was before, whatever the plugin did with it. */
    Left leave() {
        Left left = toIdle();
        boolean unusedFlag = Thread.interrupted();
        if (interruptedBefore) {
            owner.interrupt();
        }
        Runnable task = next.get() == null ? null : next.getAndSet(null);
        if (task != null) {
            task.run();
        }
        return left;
    }

    private Left toIdle() {
        while (true) {
            long seen = state.get();
            if (step(seen) == INTERRUPTING) {
                Thread.onSpinWait();
            } else if (state.compareAndSet(seen, at(number, IDLE))) {
                return step(seen) == STUCK ? Left.STUCK : step(seen) == INTERRUPTED ? Left.INTERRUPTED : Left.NORMALLY;
            }
        }
    }

    /**
     * From any thread: no more calls but finish calls, and the present one, if it is not one, is interrupted.
     *
     * @return whether the owner is inside plugin code
     */
    boolean cancel(long now) {
        cancelled = true;
        long seen = state.get();
        if (step(seen) == IN_CALL && site.phase() != Phase.FINISH) {
            interrupt(seen, now, true);
        }
        return busy();
    }

    /** By the watchdog: interrupts the present call if its time is over. */
    Optional<CallSite> interruptIfLate(long now, long stalled) {
        long seen = state.get();
        if (step(seen) != IN_CALL) {
            return Optional.empty();
        }
        CallSite late = site;
        boolean over = now - enteredNanos - (stalled - stalledBefore) > budgetNanos;
        return over && interrupt(seen, now, false) ? Optional.of(late) : Optional.empty();
    }

    /** By the watchdog: the place of a call that was interrupted longer ago than that, and has not returned. */
    Optional<Overdue> overdue(long now, long grace) {
        long seen = state.get();
        boolean over = step(seen) == INTERRUPTED && now - interruptedNanos > grace;
        return over ? Optional.of(new Overdue(seen, site)) : Optional.empty();
    }

    /** By the watchdog: gives that call up; false if it has returned. */
    boolean giveUp(Overdue overdue) {
        return state.compareAndSet(overdue.seen, at(overdue.seen >> STEP_BITS, STUCK));
    }

    /**
     * From another thread, after {@link #cancel}: lets the owner run this when it returns from a call to that target.
     *
     * @return false if the owner is not there; then nobody will run it but the caller
     */
    boolean afterwards(Opened wanted, Runnable task) {
        long seen = state.get();
        if (step(seen) == IDLE || target != wanted) {
            return false;
        }
        next.set(task);
        long now = state.get();
        boolean still = step(now) != IDLE && now >> STEP_BITS == seen >> STEP_BITS;
        return still || next.getAndSet(null) == null;
    }

    /** Whether the owner is inside plugin code. */
    boolean busy() {
        return step(state.get()) != IDLE;
    }

    boolean cancelled() {
        return cancelled;
    }

    /** By the owner, after {@link Left#INTERRUPTED}: whether that was a cancellation, not a matter of time. */
    boolean interruptedForCancel() {
        return forCancel;
    }

    /** Whether the calling thread is the owner. */
    boolean isMine() {
        return Thread.currentThread().equals(owner);
    }

    Thread owner() {
        return owner;
    }

    String stream() {
        return stream;
    }

    private boolean interrupt(long seen, long now, boolean cancel) {
        long call = seen >> STEP_BITS;
        if (!state.compareAndSet(seen, at(call, INTERRUPTING))) {
            return false;
        }
        interruptedNanos = now;
        forCancel = cancel;
        owner.interrupt();
        state.set(at(call, INTERRUPTED));
        return true;
    }

    private static long at(long call, long step) {
        return (call << STEP_BITS) | step;
    }

    private static long step(long state) {
        return state & STEP_MASK;
    }

    /** A call that does not return although it was interrupted. */
    record Overdue(long seen, CallSite site) {}
}
