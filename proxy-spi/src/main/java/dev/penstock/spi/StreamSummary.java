// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Counts and times of a stream, as far as it came.
 *
 * <pre>{@code
 * double seconds = summary.duration().toNanos() / 1e9;
 * summary.outputTokens().ifPresent(tokens -> rate.observe(tokens / seconds, model));
 * }</pre>
 *
 * <p>Immutable. Core implements it; methods may be added.
 */
public interface StreamSummary {

    /** How many events the client was sent, the terminal one included once it went. */
    long events();

    /** How many events this observer did not see because its queue was full; 0 for a filter. */
    long lost();

    /** How many bytes of body the client was sent. */
    long bytes();

    /** From the opening of the stream to the first event; empty if there was none. */
    Optional<Duration> timeToFirstEvent();

    /** From the opening of the stream to the first event with generated content; empty if there was none. */
    Optional<Duration> timeToFirstToken();

    /** From the opening of the stream until now. */
    Duration duration();

    /** Tokens of the prompt, as the upstream counted them; empty if it did not say. */
    OptionalLong inputTokens();

    /** Tokens of the answer, as the upstream counted them; empty if it did not say. */
    OptionalLong outputTokens();

    /**
     * Whether this observer has seen everything that it was to see: false if it was detached, threw, lost events or was
     * still busy at the drain deadline. Always true for a filter.
     */
    boolean drained();
}
