// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.latencytracker;

import dev.penstock.spi.LastResult;
import dev.penstock.spi.ObserverSettings;
import dev.penstock.spi.OverflowPolicy;
import dev.penstock.spi.ResponseHead;
import dev.penstock.spi.StreamEvent;
import dev.penstock.spi.StreamInfo;
import dev.penstock.spi.StreamObserver;
import dev.penstock.spi.StreamOutcome;
import dev.penstock.spi.StreamSummary;
import java.util.Optional;

/**
 * Measures one stream by the times at which its events arrived, not by those at which it is told of them. Where events were lost
 * there is no gap to measure.
 *
 * <p>Confined to the stream's observer: its calls are ordered, whatever thread they come on.
 */
final class LatencyStream implements StreamObserver {
    private final Models models;
    private final StreamInfo stream;
    private final Gaps gaps = new Gaps();
    private Optional<ResponseHead> head = Optional.empty();
    private long lastSequence = -1;
    private long lastArrival = -1;

    LatencyStream(Models models, StreamInfo stream) {
        this.models = models;
        this.stream = stream;
    }

    @Override
    public ObserverSettings settings() {
        return ObserverSettings.defaults().withOverflow(OverflowPolicy.gap());
    }

    @Override
    public void onStart(ResponseHead answered) {
        head = Optional.of(answered);
    }

    @Override
    public void onEvent(StreamEvent event) {
        long arrival = event.arrivedNanos();
        if (arrival < 0) {
            return; // Made by a plugin: it never arrived.
        }
        if (lastArrival >= 0 && event.sequence() == lastSequence + 1) {
            gaps.add(arrival - lastArrival);
        }
        lastSequence = event.sequence();
        lastArrival = arrival;
    }

    @Override
    public LastResult onLast(StreamEvent last, StreamSummary summary) {
        LastResult result = LastResult.none();
        Optional<Double> first = firstToken(summary);
        if (first.isPresent()) {
            result = result.withLogField("time_to_first_token_ms", millis(first.get()));
        }
        if (gaps.count() > 0) {
            result = result.withLogField("gap_mean_ms", millis(gaps.meanSeconds()))
                    .withLogField("gap_p99_ms", millis(gaps.p99Seconds()));
        }
        return result;
    }

    @Override
    public void onFinish(StreamOutcome outcome, StreamSummary summary) {
        if (head.isEmpty()) {
            return; // No model has answered.
        }
        boolean usual =
                outcome.kind() == StreamOutcome.Kind.COMPLETED && head.get().status() < 400;
        if (usual) {
            models.completed(model(head.get()), firstToken(summary), gaps);
        } else {
            models.ended(model(head.get()), firstToken(summary), gaps);
        }
    }

    private String model(ResponseHead answered) {
        return answered.upstreamModel().isEmpty() ? stream.model() : answered.upstreamModel();
    }

    private static Optional<Double> firstToken(StreamSummary summary) {
        return summary.timeToFirstToken().map(time -> time.toNanos() / 1e9);
    }

    private static double millis(double seconds) {
        return Math.round(seconds * 1e6) / 1e3;
    }
}
