// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

import java.time.Duration;
import java.util.Objects;

/**
 * What happens when an observer's queue is full. Make one with a static method.
 *
 * <p>There is no policy that drops the oldest: it would rewrite a history that the observer may already hold.
 *
 * <pre>{@code
 * ObserverSettings.defaults().withOverflow(OverflowPolicy.block(Duration.ofMillis(20)))
 * }</pre>
 *
 * <p>Immutable.
 */
public sealed interface OverflowPolicy {

    /** The observer stops observing this stream; its {@code onFinish} is still called. The default. */
    static OverflowPolicy detach() {
        return Detach.INSTANCE;
    }

    /** The event is skipped for this observer; sequence numbers show the hole, {@link StreamSummary#lost()} counts it. */
    static OverflowPolicy gap() {
        return Gap.INSTANCE;
    }

    /**
     * The stream waits for room, at most so long per event, then detaches the observer.
     *
     * @param limit at most ten seconds
     * @throws IllegalArgumentException if the limit is not positive or longer
     */
    static OverflowPolicy block(Duration limit) {
        return new Block(limit);
    }

    /** The stream ends with the outcome {@code plugin_error}: for an audit that must not miss an event. */
    static OverflowPolicy fail() {
        return Fail.INSTANCE;
    }

    /** See {@link #detach()}. */
    enum Detach implements OverflowPolicy {
        /** The only one. */
        INSTANCE
    }

    /** See {@link #gap()}. */
    enum Gap implements OverflowPolicy {
        /** The only one. */
        INSTANCE
    }

    /** See {@link #block(Duration)}. */
    record Block(Duration limit) implements OverflowPolicy {
        /** Validates. */
        public Block {
            Objects.requireNonNull(limit, "limit");
            if (!limit.isPositive() || limit.compareTo(Duration.ofSeconds(10)) > 0) {
                throw new IllegalArgumentException("limit must be more than zero and at most ten seconds: " + limit);
            }
        }
    }

    /** See {@link #fail()}. */
    enum Fail implements OverflowPolicy {
        /** The only one. */
        INSTANCE
    }
}
