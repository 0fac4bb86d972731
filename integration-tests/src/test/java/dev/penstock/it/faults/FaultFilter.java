// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.penstock.spi.EventDecision;
import dev.penstock.spi.RequestDecision;
import dev.penstock.spi.RequestDraft;
import dev.penstock.spi.ResponseDecision;
import dev.penstock.spi.ResponseHead;
import dev.penstock.spi.StreamEvent;
import dev.penstock.spi.StreamFilter;
import dev.penstock.spi.StreamOutcome;
import dev.penstock.spi.StreamSummary;
import java.util.Map;

/**
 * Does what it is told in {@code request}, {@code head}, {@code event} (the first), {@code later} (the second), {@code end} and
 * {@code finish}. Confined to the stream thread.
 */
final class FaultFilter implements StreamFilter {
    private final Order order;
    private int events;

    FaultFilter(Order order) {
        this.order = order;
    }

    @Override
    public RequestDecision onRequest(RequestDraft request) throws Exception {
        order.strike("request");
        return switch (order.decisionAt("request")) {
            case "reject" -> refusal();
            case "answer" ->
                RequestDecision.answer(200, Map.of("content-type", "text/plain"), "canned on demand".getBytes(UTF_8));
            case "reroute" -> {
                request.routeTo("nobody");
                yield RequestDecision.proceed();
            }
            default -> RequestDecision.proceed();
        };
    }

    @Override
    public ResponseDecision onResponseHead(ResponseHead head) throws Exception {
        order.strike("head");
        return order.decisionAt("head").equals("reject") ? refusal() : ResponseDecision.proceed();
    }

    private static RequestDecision.Reject refusal() {
        return new RequestDecision.Reject(418, "teapot", "Refused on demand.", Map.of());
    }

    @Override
    public EventDecision onEvent(StreamEvent event) throws Exception {
        events++;
        String here = events == 1 ? "event" : events == 2 ? "later" : "";
        order.strike(here);
        return decided(here);
    }

    @Override
    public EventDecision beforeLast() throws Exception {
        order.strike("end");
        return decided("end");
    }

    private EventDecision decided(String here) {
        return switch (order.decisionAt(here)) {
            case "stop" -> EventDecision.end("on_demand");
            case "farewell" -> EventDecision.end("on_demand", StreamEvent.of("{\"farewell\":true}"));
            case "drop" -> EventDecision.drop();
            default -> EventDecision.forward();
        };
    }

    @Override
    public void onFinish(StreamOutcome outcome, StreamSummary summary) throws Exception {
        order.strike("finish");
    }
}
