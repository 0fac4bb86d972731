// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.spi.StreamOutcome;
import dev.penstock.spi.StreamSummary;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The finish calls of one stream: exactly one for each opened object, in the reverse order of opening, never while another
 * call to the same object is still running.
 *
 * <p>Usually the stream thread makes them all. If it is stuck in a plugin, another thread calls {@link #finish}; the stuck
 * object gets its call from the stuck thread, when that returns. If a finish call itself is stuck, {@link #goOn} from
 * another thread makes the remaining ones.
 *
 * <p>Thread-safe: the ending is set once, each call is claimed once, what is open is counted down.
 */
final class Finishing {
    private static final long LEAST_NANOS = 1_000_000;

    private final StreamCalls calls;
    private final BiFunction<Opened, SummaryFacts, StreamSummary> summaries;
    private final Consumer<CallGuard> watch;
    private final Runnable allFinished;
    private final List<Opened> inOrder = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable Ending> ending = new AtomicReference<>();
    private final AtomicInteger open = new AtomicInteger(2); // opening itself, and finish itself

    /**
     * @param summaries makes each object's summary
     * @param watch has a thread watched that makes finish calls in place of the stream's
     * @param allFinished told once, when the last finish call has returned
     */
    Finishing(
            StreamCalls calls,
            BiFunction<Opened, SummaryFacts, StreamSummary> summaries,
            Consumer<CallGuard> watch,
            Runnable allFinished) {
        this.calls = calls;
        this.summaries = summaries;
        this.watch = watch;
        this.allFinished = allFinished;
    }

    /** On the stream thread: this object was opened; if the stream is over already, it is finished at once. */
    void add(Opened opened) {
        open.incrementAndGet();
        inOrder.add(opened);
        goOn();
    }

    /** On the stream thread: nothing more will be opened. */
    void allOpened() {
        countDown();
    }

    /** From any thread, any number of times: the first one says how the stream ended. */
    void finish(StreamOutcome outcome, SummaryFacts facts) {
        long deadline =
                calls.runtime().now() + calls.runtime().budgets().finish().toNanos();
        boolean first = ending.compareAndSet(null, new Ending(outcome, facts, deadline));
        goOn();
        if (first) {
            countDown();
        }
    }

    /** Once the stream is over: makes those calls that nobody has made yet. */
    void goOn() {
        Ending how = ending.get();
        if (how == null) {
            return;
        }
        CallGuard guard = guardOfThisThread();
        for (Opened opened : inOrder.reversed()) {
            if (opened.claimFinish()) {
                finishOne(opened, how, guard);
            }
        }
        if (!calls.guard().isMine()) {
            calls.runtime().watchdog().unwatch(guard);
        }
    }

    private CallGuard guardOfThisThread() {
        if (calls.guard().isMine()) {
            return calls.guard();
        }
        CallGuard guard = new CallGuard(Thread.currentThread(), calls.guard().stream());
        watch.accept(guard);
        return guard;
    }

    private void finishOne(Opened opened, Ending how, CallGuard guard) {
        boolean mine = calls.guard().isMine();
        if (!mine && calls.guard().afterwards(opened, () -> later(opened, how))) {
            return;
        }
        CallGuard elsewhere = opened.elsewhere();
        if (elsewhere != null) {
            elsewhere.cancel(calls.runtime().now());
            if (elsewhere.afterwards(opened, () -> later(opened, how))) {
                return;
            }
        }
        call(opened, how, guard);
    }

    /** On a thread that has just come out of this object. */
    private void later(Opened opened, Ending how) {
        CallGuard guard = new CallGuard(Thread.currentThread(), calls.guard().stream());
        watch.accept(guard);
        try {
            call(opened, how.from(calls.runtime()), guard);
        } finally {
            calls.runtime().watchdog().unwatch(guard);
        }
    }

    private void call(Opened opened, Ending how, CallGuard guard) {
        long budget = Math.max(LEAST_NANOS, how.deadline - calls.runtime().now());
        StreamSummary summary = summaries.apply(opened, how.facts);
        try {
            calls.runtime().run(guard, opened.entry().site(Phase.FINISH), opened, budget, () -> {
                opened.finish(how.outcome, summary);
                return Optional.empty();
            });
        } catch (PluginException e) {
            // Counted and logged where it was caught; the stream is over anyway.
        } finally {
            countDown();
        }
    }

    private void countDown() {
        if (open.decrementAndGet() == 0) {
            allFinished.run();
        }
    }

    private record Ending(StreamOutcome outcome, SummaryFacts facts, long deadline) {
        /** With the whole budget again, for a call that comes long after the others. */
        Ending from(PluginRuntime runtime) {
            return new Ending(
                    outcome, facts, runtime.now() + runtime.budgets().finish().toNanos());
        }
    }
}
