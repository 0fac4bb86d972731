// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.relay.ClientSink;
import java.util.List;
import java.util.function.Supplier;

/**
 * The client's connection during one request. A port, implemented by the server's sink, the only writer to the client.
 *
 * <p>The stream thread drives it; {@link #heartbeat}, {@link #breakOff} and {@link #writingSince} are for every thread.
 */
public interface Downstream extends ClientSink {
    /**
     * Decides the head of the answer. It goes out with the first write, or at the end; from then on it can't be changed.
     *
     * @param contentLength the body's length, or -1 when it is not known and the body is chunked
     * @return false, with no effect, when a head is on the wire already
     */
    boolean head(int status, List<Header> headers, long contentLength);

    /** Whether the head is on the wire. */
    boolean isCommitted();

    /** Says, before the head is decided, that {@link #trailer} may be called. */
    void expectTrailers();

    /** Adds a trailer to the end of a chunked answer. Has no effect unless it was expected. */
    void trailer(String name, String value);

    /** Ends the answer properly. */
    void end();

    /** Ends the answer so that no client can take it for whole: the connection closes without a last chunk. */
    void abort();

    /** Closes the connection under whoever is blocked on it. */
    void breakOff();

    /** Calls back once, on another thread, when the client has left. */
    void watch(Runnable departed);

    /** Ends the watch. */
    void unwatch();

    /** The {@link System#nanoTime} at which the write that is blocked now last made progress, or 0. */
    long writingSince();

    /**
     * Writes what the beat gives, if it is anything, between two writes of the stream, unless the answer has ended. The beat is
     * asked when no write is under way and none can begin, and may decide the head.
     */
    void heartbeat(Supplier<byte[]> beat);

    /** The status on the wire, or decided; 0 before. */
    int status();

    /** Bytes of body written. */
    long bytesWritten();
}
