// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it.faults;

import dev.penstock.spi.LastResult;
import dev.penstock.spi.ResponseHead;
import dev.penstock.spi.StreamEvent;
import dev.penstock.spi.StreamObserver;
import dev.penstock.spi.StreamOutcome;
import dev.penstock.spi.StreamSummary;

/**
 * Does what it is told in {@code start}, {@code observe}, {@code last} and {@code forget}. Never two calls at once.
 */
final class FaultObserver implements StreamObserver {
    private final Order order;

    FaultObserver(Order order) {
        this.order = order;
    }

    @Override
    public void onStart(ResponseHead head) throws Exception {
        order.strike("start");
    }

    @Override
    public void onEvent(StreamEvent event) throws Exception {
        order.strike("observe");
    }

    @Override
    public LastResult onLast(StreamEvent last, StreamSummary summary) throws Exception {
        order.strike("last");
        return LastResult.none();
    }

    @Override
    public void onFinish(StreamOutcome outcome, StreamSummary summary) throws Exception {
        order.strike("forget");
    }
}
