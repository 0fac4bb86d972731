// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import static java.util.Objects.requireNonNull;

import dev.penstock.spi.StreamSummary;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** What the exchange has counted and timed on a stream. Immutable. */
public record SummaryFacts(
        long events,
        long bytes,
        Optional<Duration> timeToFirstEvent,
        Optional<Duration> timeToFirstToken,
        Duration duration,
        OptionalLong inputTokens,
        OptionalLong outputTokens) {
    public SummaryFacts {
        requireNonNull(duration, "duration");
    }

    /** Of a stream that never began. */
    public static SummaryFacts nothing(Duration duration) {
        return new SummaryFacts(
                0, 0, Optional.empty(), Optional.empty(), duration, OptionalLong.empty(), OptionalLong.empty());
    }

    /** For one filter or observer. */
    StreamSummary seenBy(long lost, boolean drained) {
        return new Seen(this, lost, drained);
    }

    private record Seen(SummaryFacts facts, long lost, boolean drained) implements StreamSummary {
        @Override
        public long events() {
            return facts.events;
        }

        @Override
        public long bytes() {
            return facts.bytes;
        }

        @Override
        public Optional<Duration> timeToFirstEvent() {
            return facts.timeToFirstEvent;
        }

        @Override
        public Optional<Duration> timeToFirstToken() {
            return facts.timeToFirstToken;
        }

        @Override
        public Duration duration() {
            return facts.duration;
        }

        @Override
        public OptionalLong inputTokens() {
            return facts.inputTokens;
        }

        @Override
        public OptionalLong outputTokens() {
            return facts.outputTokens;
        }
    }
}
