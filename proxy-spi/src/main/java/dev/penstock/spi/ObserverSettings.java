// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

import java.util.Objects;

/**
 * The queue of an observer on one stream: how many events and bytes may wait, and what happens when it is full.
 *
 * <pre>{@code
 * public ObserverSettings settings() {
 *     return ObserverSettings.defaults().withMaxEvents(4096).withOverflow(OverflowPolicy.gap());
 * }
 * }</pre>
 *
 * <p>Immutable.
 */
public final class ObserverSettings {

    private static final int MOST_EVENTS = 65_536;
    private static final int MOST_BYTES = 64 << 20;
    private static final ObserverSettings DEFAULTS = new ObserverSettings(1024, 1 << 20, OverflowPolicy.detach());

    private final int maxEvents;
    private final int maxBytes;
    private final OverflowPolicy overflow;

    private ObserverSettings(int maxEvents, int maxBytes, OverflowPolicy overflow) {
        this.maxEvents = maxEvents;
        this.maxBytes = maxBytes;
        this.overflow = overflow;
    }

    /** 1024 events, 1 MiB, {@link OverflowPolicy#detach()}. */
    public static ObserverSettings defaults() {
        return DEFAULTS;
    }

    /**
     * The same with room for so many events, 1 to 65,536.
     *
     * @throws IllegalArgumentException for another number
     */
    public ObserverSettings withMaxEvents(int events) {
        if (events < 1 || events > MOST_EVENTS) {
            throw new IllegalArgumentException("events must be 1 to " + MOST_EVENTS + ": " + events);
        }
        return new ObserverSettings(events, maxBytes, overflow);
    }

    /**
     * The same with room for so many bytes of event data, 1 to 64 MiB. One event always fits an empty queue.
     *
     * @throws IllegalArgumentException for another number
     */
    public ObserverSettings withMaxBytes(int bytes) {
        if (bytes < 1 || bytes > MOST_BYTES) {
            throw new IllegalArgumentException("bytes must be 1 to " + MOST_BYTES + ": " + bytes);
        }
        return new ObserverSettings(maxEvents, bytes, overflow);
    }

    /** The same with another policy. */
    public ObserverSettings withOverflow(OverflowPolicy policy) {
        return new ObserverSettings(maxEvents, maxBytes, Objects.requireNonNull(policy, "policy"));
    }

    /** How many events may wait. */
    public int maxEvents() {
        return maxEvents;
    }

    /** How many bytes of event data may wait. */
    public int maxBytes() {
        return maxBytes;
    }

    /** What happens when the queue is full. */
    public OverflowPolicy overflow() {
        return overflow;
    }
}
