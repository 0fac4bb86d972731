// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

/**
 * Takes the blocks an {@link SseParser} finds, in order, on the thread that feeds it.
 *
 * @param <X> what the receiver may throw; it passes through {@link SseParser#feed} unchanged
 */
@FunctionalInterface
public interface SseSink<X extends Exception> {
    /**
     * Called once for each block, whether a client would dispatch it ({@link SseEvent#hasData()}) or not: comments,
     * lone blank lines and the second half of a split CRLF arrive too, so that the raw bytes of all blocks add up to the
     * input. The event is a view that the parser reuses: keep {@link SseEvent#copy()}, never the view.
     */
    void event(SseEvent event) throws X;
}
