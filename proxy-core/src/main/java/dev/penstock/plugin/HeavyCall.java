// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A call into a plugin that a platform thread makes while the stream thread waits, at most for the budget.
 *
 * <p>Thread-safe: the step is changed by compare-and-set; the result is written before the latch opens and read after it.
 *
 * @param <T> what the plugin returns
 */
final class HeavyCall<T> implements BooleanSupplier {
    private enum Step {
        WAITING,
        RUNNING,
        DONE,
        ABANDONED
    }

    private final PluginRuntime runtime;
    private final CallSite site;
    private final Opened target;
    private final String stream;
    private final Callable<T> body;
    private final AtomicReference<Step> step = new AtomicReference<>(Step.WAITING);
    private final CountDownLatch answered = new CountDownLatch(1);
    private volatile @Nullable CallGuard
            guard; // written by the pool thread before RUNNING, read by the stream thread after
    private @Nullable T result;
    private Optional<PluginException> failure = Optional.empty();
    private boolean returned; // guarded by this
    private boolean replaced; // guarded by this

    HeavyCall(PluginRuntime runtime, CallSite site, Opened target, String stream, Callable<T> body) {
        this.runtime = runtime;
        this.site = site;
        this.target = target;
        this.stream = stream;
        this.body = body;
    }

    /** On a pool thread; false if that thread was replaced meanwhile and should end. */
    @Override
    public boolean getAsBoolean() {
        CallGuard own = new CallGuard(Thread.currentThread(), stream);
        guard = own;
        if (!step.compareAndSet(Step.WAITING, Step.RUNNING)) {
            return true;
        }
        try {
            result = runtime.run(own, site, target, Long.MAX_VALUE, body);
        } catch (PluginException e) {
            failure = Optional.of(e);
        }
        step.set(Step.DONE);
        runtime.watchdog().unwatch(own);
        answered.countDown();
        return goesOn();
    }

    private synchronized boolean goesOn() {
        returned = true;
        if (replaced) {
            runtime.pool().oneReturned();
        }
        return !replaced;
    }

    private synchronized void replaceThread() {
        replaced = !returned && runtime.pool().replaceOne();
    }

    /** On the stream thread: whether there is an answer before the time is over or the wait is cut short. */
    boolean await(long budgetNanos) throws InterruptedException {
        return answered.await(budgetNanos, TimeUnit.NANOSECONDS) && step.get() == Step.DONE;
    }

    /** On the stream thread, after {@link #await} has said true. */
    @Nullable
    T answer() throws PluginException {
        if (failure.isPresent()) {
            throw failure.get();
        }
        return result;
    }

    /** From any thread: ends the wait of the stream thread. */
    void cutShort() {
        answered.countDown();
    }

    /**
     * On the stream thread: nobody waits any more.
     *
     * @return the guard of the thread that is, or may be, inside the plugin; empty if the plugin was not reached and never
     *     will be
     */
    Optional<CallGuard> abandon(long now) {
        if (step.compareAndSet(Step.WAITING, Step.ABANDONED)) {
            return Optional.empty();
        }
        CallGuard running = guard;
        if (running == null || step.get() == Step.DONE) {
            return Optional.empty();
        }
        runtime.watchdog().watch(running, runtime.budgets().grace(), stuck -> replaceThread());
        if (!running.cancel(now) && step.get() == Step.DONE) {
            runtime.watchdog().unwatch(running);
            return Optional.empty();
        }
        return Optional.of(running);
    }
}
