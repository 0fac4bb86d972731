// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Two attempts at once: when the first has brought no event in time, a second sets out beside it, and whichever brings its first
 * event first is relayed. The other is aborted, and its slot is free at once.
 *
 * <p>Each attempt opens on a virtual thread of its own, up to its first event; then it is handed over to the stream thread, which
 * relays it as it would any other. One compare-and-set for each attempt decides who closes it: its own thread, when the stream
 * thread gave it up before, or the stream thread, which owns it from the hand-over on. So nothing is closed by two, and nothing by
 * nobody. An attempt that fails while another is under way only drops out; what the last one comes to is what the client gets.
 *
 * <p>Confined to the stream thread, but for {@link #abort} and {@link #tick}, which the one door to cancel leads to, and for the
 * opening of each attempt.
 */
final class Race {
    private static final String LOST = "hedge_lost";

    private final StreamExchange exchange;
    private final Supplier<Optional<Attempt>> hedge;
    private final List<Runner> running = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Runner> arrived = new LinkedBlockingQueue<>();

    /** @param hedge begins another attempt, on the stream thread, if there may be one */
    Race(StreamExchange exchange, Supplier<Optional<Attempt>> hedge) {
        this.exchange = exchange;
        this.hedge = hedge;
    }

    Attempt.Result run(Attempt first, Duration hedgeAfter) {
        long begun = System.nanoTime();
        try {
            first.adopt();
            exchange.blockedIn(this);
            start(first);
            Runner winner = winner(hedgeAfter);
            tellOutrun(winner);
            running.remove(winner);
            giveUpOthers();
            exchange.facts().upstreamWaitNanos += System.nanoTime() - begun;
            try (Attempt attempt = winner.attempt) {
                return attempt.run();
            }
        } finally {
            giveUpOthers();
        }
    }

    private Runner winner(Duration hedgeAfter) {
        Optional<Runner> early = next(hedgeAfter.toNanos());
        if (early.isPresent()) {
            return early.get();
        }
        hedge.get().ifPresent(this::start);
        Runner next = next();
        while (!next.attempt.isPromising() && running.size() > 1) {
            running.remove(next);
            next.attempt.dropOut();
            next = next();
        }
        return next;
    }

    private void start(Attempt attempt) {
        Runner runner = new Runner(attempt);
        running.add(runner);
        if (exchange.outcome().isPresent()) {
            attempt.abort();
        }
        Thread.ofVirtual().name("attempt-" + exchange.id()).start(runner::open);
    }

    /** Losing says something about an instance only when it had the earlier start. */
    private void tellOutrun(Runner winner) {
        running.stream().takeWhile(runner -> runner != winner).forEach(runner -> runner.attempt.outrun());
    }

    private void giveUpOthers() {
        for (Runner runner : running) {
            runner.giveUp();
            exchange.rooms().metrics().upstreamAborted(LOST);
        }
        running.clear();
    }

    /** Frees the stream thread: every attempt breaks off, and is handed over. For any thread. */
    void abort() {
        running.forEach(runner -> runner.attempt.abort());
    }

    /** Compares each attempt with its clocks. Called by the clocks' thread. */
    void tick(long now) {
        running.forEach(runner -> runner.attempt.tick(now));
    }

    private Runner next() {
        return next(Long.MAX_VALUE).orElseThrow();
    }

    /** The next attempt that has come to something; nobody interrupts the stream thread here but to break the attempts off. */
    private Optional<Runner> next(long nanos) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return Optional.ofNullable(
                            interrupted ? arrived.take() : arrived.poll(nanos, TimeUnit.NANOSECONDS));
                } catch (InterruptedException e) {
                    interrupted = true;
                    abort();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** One attempt on its way to its first event. Thread-safe: whoever sets {@code decided} leaves the closing to the other. */
    private final class Runner {
        private final Attempt attempt;
        private final AtomicBoolean decided = new AtomicBoolean();

        Runner(Attempt attempt) {
            this.attempt = attempt;
        }

        /** On the attempt's own thread. */
        void open() {
            attempt.openAhead();
            if (decided.compareAndSet(false, true)) {
                arrived.add(this);
            } else {
                attempt.discard();
            }
        }

        /** On the stream thread. */
        void giveUp() {
            if (!decided.get()) {
                attempt.gaveNothing();
            }
            attempt.giveUp(LOST);
            if (!decided.compareAndSet(false, true)) {
                attempt.discard();
            }
        }
    }
}
