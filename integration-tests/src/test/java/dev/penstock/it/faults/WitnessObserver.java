// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it.faults;

import dev.penstock.spi.LastResult;
import dev.penstock.spi.ResponseHead;
import dev.penstock.spi.StreamEvent;
import dev.penstock.spi.StreamObserver;
import dev.penstock.spi.StreamOutcome;
import dev.penstock.spi.StreamSummary;

/** Watches. Never two calls at once. */
final class WitnessObserver implements StreamObserver {
    private final WitnessCounters.Witness witness;

    WitnessObserver(WitnessCounters.Witness witness) {
        this.witness = witness;
    }

    @Override
    public void onStart(ResponseHead head) {
        witness.called();
    }

    @Override
    public void onEvent(StreamEvent event) {
        witness.called();
    }

    @Override
    public LastResult onLast(StreamEvent last, StreamSummary summary) {
        witness.last();
        return LastResult.none();
    }

    @Override
    public void onFinish(StreamOutcome outcome, StreamSummary summary) {
        witness.finished(outcome);
    }
}
