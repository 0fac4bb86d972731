// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * What a stream may relay before it lets others run. Virtual threads are not time-sliced: a stream whose reads and writes
 * never block would keep its carrier for as long as it lasts.
 *
 * <p>A wait of {@link #PARKED_NANOS} or more means that the thread was parked, so others have run and the turn begins anew. The
 * threshold is well above what a read of a full buffer takes that does not park: taking such a read for a park would let a hot
 * stream keep its carrier for ever, while missing a short park costs one pause too many.
 *
 * <p>Confined to the stream thread.
 */
public final class Turn {
    private static final long PARKED_NANOS = 250_000;

    private final Limits limits;
    private final LongConsumer between;
    private long events;
    private long bytes;
    private long startedAt;

    /** The size of a turn; an empty bound does not count. Immutable. */
    public record Limits(Optional<Integer> events, Optional<Long> bytes, Optional<Long> nanos) {
        public Limits {
            Objects.requireNonNull(events, "events");
            Objects.requireNonNull(bytes, "bytes");
            Objects.requireNonNull(nanos, "nanos");
        }
    }

    Turn(Limits limits, BooleanSupplier givenUp) {
        this(limits, took -> HotTime.SHARED.pass(took, givenUp));
    }

    /** What is done between two turns is told how long the turn took, in nanoseconds. */
    Turn(Limits limits, LongConsumer between) {
        this.limits = limits;
        this.between = between;
    }

    /** Told of whatever the thread may have been parked in (a read, a write, a plugin, a pause): how long it took, and the time. */
    void waited(long waitedNanos, long now) {
        if (waitedNanos >= PARKED_NANOS || startedAt == 0) {
            begin(now);
        }
    }

    /** Counts what one read brought; lets others run when the turn is spent. */
    void spend(long moreEvents, long moreBytes, long now) {
        events += moreEvents;
        bytes += moreBytes;
        if (isSpent(now)) {
            between.accept(now - startedAt);
            begin(System.nanoTime());
        }
    }

    private boolean isSpent(long now) {
        return (limits.events().isPresent() && events >= limits.events().get())
                || (limits.bytes().isPresent() && bytes >= limits.bytes().get())
                || (limits.nanos().isPresent()
                        && now - startedAt >= limits.nanos().get());
    }

    private void begin(long now) {
        startedAt = now;
        events = 0;
        bytes = 0;
    }
}
