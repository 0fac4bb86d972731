// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;

/**
 * The one door through which a stream is ended by somebody else than its own thread: settle the outcome if nobody has, then free
 * the thread wherever it is blocked. It unwinds and gives back what it holds itself.
 *
 * <p>Thread-safe: two atomic references. A place is entered before the outcome is looked at, and the outcome is settled before
 * the place is looked at, so a cancel and an entry can't miss each other.
 */
final class Cancellation {
    private final OutcomeCell outcome = new OutcomeCell();
    private final AtomicReference<Place> place = new AtomicReference<>(Place.NOWHERE);

    /**
     * Where the stream thread may be blocked on others. Immutable.
     *
     * @param free ends whatever it waits for; idempotent, for any thread
     * @param tick compares the place's own timestamps with its clocks; never blocks
     */
    record Place(Runnable free, LongConsumer tick) {
        static final Place NOWHERE = new Place(() -> {}, now -> {});

        static Place of(Runnable free) {
            return new Place(free, now -> {});
        }
    }

    /** The stream thread is about to be blocked there; it is freed at once when the stream has been cancelled. */
    void enter(Place next) {
        place.set(next);
        if (outcome.get().isPresent()) {
            next.free().run();
        }
    }

    void leave() {
        place.set(Place.NOWHERE);
    }

    /** True when this call decided the outcome. */
    boolean cancel(Outcome candidate) {
        boolean decided = outcome.settle(candidate);
        if (decided) {
            free();
        }
        return decided;
    }

    /** Frees the stream thread without a word about the outcome. */
    void free() {
        place.get().free().run();
    }

    void tick(long now) {
        place.get().tick().accept(now);
    }

    /** Records the outcome if there is none, and returns the one there is. */
    Outcome settle(Outcome candidate) {
        outcome.settle(candidate);
        return outcome.get().orElseThrow();
    }

    Optional<Outcome> outcome() {
        return outcome.get();
    }
}
