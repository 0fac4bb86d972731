// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it.faults;

import dev.penstock.spi.EventDecision;
import dev.penstock.spi.RequestDecision;
import dev.penstock.spi.RequestDraft;
import dev.penstock.spi.ResponseDecision;
import dev.penstock.spi.ResponseHead;
import dev.penstock.spi.StreamEvent;
import dev.penstock.spi.StreamFilter;
import dev.penstock.spi.StreamOutcome;
import dev.penstock.spi.StreamSummary;

/** Lets everything pass. Confined to the stream thread. */
final class WitnessFilter implements StreamFilter {
    private final WitnessCounters.Witness witness;

    WitnessFilter(WitnessCounters.Witness witness) {
        this.witness = witness;
    }

    @Override
    public RequestDecision onRequest(RequestDraft request) {
        witness.called();
        return RequestDecision.proceed();
    }

    @Override
    public ResponseDecision onResponseHead(ResponseHead head) {
        witness.called();
        return ResponseDecision.proceed();
    }

    @Override
    public EventDecision onEvent(StreamEvent event) {
        witness.called();
        return EventDecision.forward();
    }

    @Override
    public EventDecision beforeLast() {
        witness.called();
        return EventDecision.forward();
    }

    @Override
    public void onFinish(StreamOutcome outcome, StreamSummary summary) {
        witness.finished(outcome);
    }
}
