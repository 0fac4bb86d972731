// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

/**
 * Watches one stream without delaying it, with one synchronous word at the end.
 *
 * <p><b>Threads.</b> Never two calls at once, all ordered by happens-before, so plain fields are fine. {@link #onStart}
 * and {@link #onEvent} run on the observer's own virtual thread, fed through a bounded queue; they may block.
 * {@link #onLast} and {@link #onFinish} run on the stream thread.
 *
 * <p><b>Order.</b> {@link #settings}, {@code onStart}, {@code onEvent} 1, 2, 3 ..., {@code onLast}, and only then can
 * the client see the end; {@code onFinish} exactly once, always. An observer sees the events that the client was sent,
 * after they were flushed; never one that a filter dropped.
 *
 * <p><b>Errors.</b> An observer that throws is detached: it sees only {@code onFinish} from then on. The client notices
 * nothing, except under {@link OverflowPolicy#fail()}.
 *
 * <pre>{@code
 * final class UsageObserver implements StreamObserver {
 *     private long events;
 *
 *     public void onEvent(StreamEvent event) { events++; }
 *
 *     public LastResult onLast(StreamEvent last, StreamSummary summary) {
 *         return LastResult.none().withLogField("events_counted", events);
 *     }
 * }
 * }</pre>
 */
public interface StreamObserver {

    /** The size of the queue and what happens when it is full. Asked once, right after opening. */
    default ObserverSettings settings() throws Exception {
        return ObserverSettings.defaults();
    }

    /**
     * The head went to the client. Not called for a request that was refused or answered before an upstream was reached.
     *
     * @throws Exception anything; the observer is detached
     */
    default void onStart(ResponseHead head) throws Exception {}

    /**
     * The next event that the client was sent. May be slow: only this observer's queue waits.
     *
     * @throws Exception anything; the observer is detached
     */
    default void onEvent(StreamEvent event) throws Exception {}

    /**
     * The stream ends properly, the queue is empty, and the client's final event waits for this call: the place to
     * finish accounting, and to add to the answer or to the access log. Not called after a truncation, a failure or a
     * departed client, nor if the queue was not empty in time (250 ms). Budget 250 ms.
     *
     * @param last the terminal event, or an empty one named {@link StreamEvent#END}
     * @throws Exception anything; logged and counted, the stream ends as it would have
     */
    default LastResult onLast(StreamEvent last, StreamSummary summary) throws Exception {
        return LastResult.none();
    }

    /**
     * The stream is over, whatever happened; the client has been served and nothing is held. Called exactly once. Runs
     * on the stream thread, or on this observer's own thread if that one was still busy. All finish calls of a stream
     * together have 1 s.
     *
     * @throws Exception anything; logged and counted
     */
    default void onFinish(StreamOutcome outcome, StreamSummary summary) throws Exception {}
}
