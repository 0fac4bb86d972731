// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import java.util.Objects;
import java.util.Optional;

/**
 * What a stream may relay before it lets others run. Virtual threads are not time-sliced: a stream whose reads and writes
 * never block would keep its carrier for as long as it lasts.
 *
 * <p>A wait of {@link #PARKED_NANOS} or more means that the thread was parked, so others have run and the turn begins anew.
 *
 * <p>Confined to the stream thread.
 */
public final class Turn {
    private static final long PARKED_NANOS = 20_000;

    private final Limits limits;
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

    public Turn(Limits limits) {
        this.limits = limits;
    }

    /** Told of each read: how long it waited, and the time. */
    void read(long waitedNanos, long now) {
        if (waitedNanos >= PARKED_NANOS || startedAt == 0) {
            begin(now);
        }
    }

    /** Counts what one read brought; yields the carrier when the turn is spent. */
    @SuppressWarnings(
            "ThreadPriorityCheck") // Virtual threads have no time slices: yielding is the only way to be fair.
    void spend(long moreEvents, long moreBytes, long now) {
        events += moreEvents;
        bytes += moreBytes;
        if (isSpent(now)) {
            Thread.yield();
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
