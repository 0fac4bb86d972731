// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

import java.time.Duration;
import java.util.Objects;

/**
 * How much a filter may hold back, so that text is released only after it was approved.
 *
 * <p>Core keeps the held events, and both bounds. When the oldest held event is as old as the window, or the held bytes
 * exceed it, core asks {@link StreamFilter#onHoldLimit()} for a decision. The client hears heartbeats meanwhile, if they
 * are configured. The window's time is also the budget of {@link StreamFilter#onEvent}, {@code onHoldLimit} and
 * {@link StreamFilter#beforeLast}, where it is longer than theirs: a guard may ask a service.
 *
 * <pre>{@code
 * public HoldBack holdBack() {
 *     return HoldBack.window(Duration.ofMillis(500), 32 * 1024);
 * }
 * }</pre>
 *
 * <p>Immutable.
 */
@Experimental
public final class HoldBack {

    private static final HoldBack NONE = new HoldBack(Duration.ZERO, 0);

    private final Duration time;
    private final int bytes;

    private HoldBack(Duration time, int bytes) {
        this.time = time;
        this.bytes = bytes;
    }

    /** Nothing is held back. */
    public static HoldBack none() {
        return NONE;
    }

    /**
     * Up to so long and so much.
     *
     * @param time how long an event may wait; at most one minute
     * @param bytes how many bytes of event data may wait; at most 16 MiB
     * @throws IllegalArgumentException if either is not positive or too large
     */
    public static HoldBack window(Duration time, int bytes) {
        Objects.requireNonNull(time, "time");
        if (!time.isPositive() || time.compareTo(Duration.ofMinutes(1)) > 0) {
            throw new IllegalArgumentException("time must be more than zero and at most one minute: " + time);
        }
        if (bytes <= 0 || bytes > 16 << 20) {
            throw new IllegalArgumentException("bytes must be more than zero and at most 16 MiB: " + bytes);
        }
        return new HoldBack(time, bytes);
    }

    /** Whether there is a window at all. */
    public boolean holds() {
        return bytes > 0;
    }

    /** How long an event may wait. */
    public Duration time() {
        return time;
    }

    /** How many bytes of event data may wait. */
    public int bytes() {
        return bytes;
    }
}
