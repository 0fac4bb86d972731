// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

/**
 * Sits in the path of one stream and may change or stop it.
 *
 * <p><b>Threads.</b> Confined to the stream thread: never two calls at once, all calls ordered by happens-before, so
 * plain fields are fine. A {@linkplain PluginFactory#heavyHooks() heavy} hook runs on a pool thread while the stream
 * thread waits; the same holds. The relay waits for every call: each has a budget, after which core interrupts the
 * thread, and one second later gives the stream up.
 *
 * <p><b>Order.</b> {@link #holdBack} once, {@link #onRequest} once, {@link #onResponseHead} at most once,
 * {@link #onEvent} per event, {@link #beforeLast} at most once, {@link #onFinish} exactly once, always. Requests pass
 * the chain downwards; heads, events and finish calls pass it upwards.
 *
 * <p><b>Errors.</b> Whatever a method throws is the plugin's failure, never the client's business: fail-closed (the
 * default of filters) refuses or ends the stream; fail-open goes on without this filter, which then sees only
 * {@link #onFinish}.
 *
 * <pre>{@code
 * final class MarkerFilter implements StreamFilter {
 *     private int seen;
 *
 *     public EventDecision onEvent(StreamEvent event) {
 *         return ++seen > 1000 ? EventDecision.end("too_long") : EventDecision.forward();
 *     }
 * }
 * }</pre>
 */
public interface StreamFilter {

    /** How much this filter may hold back on this stream. Asked once, right after opening; budget 50 ms. */
    @Experimental
    default HoldBack holdBack() throws Exception {
        return HoldBack.none();
    }

    /**
     * Before admission: look at the request, change it, say who is calling, refuse it, answer it. May block and do I/O.
     * No permit is held. Budget 1 s, or the chain entry's {@code timeout}.
     *
     * @throws Exception anything; fail-closed answers 500, no upstream is contacted
     */
    default RequestDecision onRequest(RequestDraft request) throws Exception {
        return RequestDecision.proceed();
    }

    /**
     * The upstream has answered and nothing was sent to the client: change headers, or refuse. Budget 50 ms.
     *
     * @throws Exception anything; fail-closed answers 502 and aborts the upstream
     */
    default ResponseDecision onResponseHead(ResponseHead head) throws Exception {
        return ResponseDecision.proceed();
    }

    /**
     * An event on its way to the client: let it pass, change it, hold it back, or end the stream. Not called for the
     * terminal event. Compute, do not block: budget 50 ms, or the {@linkplain #holdBack() window}.
     *
     * @throws Exception anything; fail-closed ends the stream visibly broken, fail-open forwards the event and what was
     *     held back
     */
    default EventDecision onEvent(StreamEvent event) throws Exception {
        return EventDecision.forward();
    }

    /**
     * The {@linkplain #holdBack() window} is full or its time is over. Decide about what is held: forward, replace, drop
     * or end; releasing a part is enough if the rest fits the window. Holding on is a failure of the plugin.
     *
     * @throws Exception anything; as {@link #onEvent}
     */
    @Experimental
    default EventDecision onHoldLimit() throws Exception {
        return EventDecision.forward();
    }

    /**
     * The stream is about to end properly; the terminal event waits. Decide about what is held: forward (the default),
     * replace with other events (which may be more than were held), or end. Budget 50 ms, or the window.
     *
     * @throws Exception anything; as {@link #onEvent}
     */
    default EventDecision beforeLast() throws Exception {
        return EventDecision.forward();
    }

    /**
     * The stream is over, whatever happened; the client has been served and nothing is held. Called exactly once for
     * every filter that was opened, on the stream thread, or on another thread if that one is stuck. All finish calls of
     * a stream together have 1 s.
     *
     * @throws Exception anything; logged and counted
     */
    default void onFinish(StreamOutcome outcome, StreamSummary summary) throws Exception {}
}
