// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.config.ClientAbort;
import dev.penstock.relay.ClientGoneException;
import dev.penstock.relay.ClientSink;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The sink of a route that wants the usage of abandoned streams: when the client has left, what comes is read on and thrown
 * away, up to a time and a number of bytes.
 *
 * <p>Thread-safe: {@code departedAt} is volatile; the rest is confined to the stream thread.
 */
final class DrainingSink implements ClientSink {
    private final Downstream downstream;
    private final ClientAbort.Drain bounds;
    private final StreamExchange exchange;
    private long discarded;

    /** {@link System#nanoTime}, 0 while the client is there. Written by whoever notices, read by the stream and the clocks. */
    private volatile long departedAt;

    DrainingSink(Downstream downstream, ClientAbort.Drain bounds, StreamExchange exchange) {
        this.downstream = downstream;
        this.bounds = bounds;
        this.exchange = exchange;
    }

    /** The client has left; the stream goes on without it. */
    void departed() {
        if (departedAt == 0) {
            departedAt = System.nanoTime() | 1;
        }
        exchange.settle(Outcome.CLIENT_DISCONNECT);
        downstream.breakOff();
    }

    /** Whether the time for reading on is over. */
    boolean isOverdue(long now) {
        return departedAt != 0 && now - departedAt > bounds.time().toNanos();
    }

    @Override
    public void write(ByteBuffer bytes) {
        Optional<ClientGoneException> gone = departedAt != 0 ? Optional.empty() : tryWrite(bytes);
        if (gone.isPresent()) {
            departed();
        }
        if (departedAt != 0) {
            discarded += bytes.remaining();
            if (discarded > bounds.bytes().bytes()) {
                throw gone.orElseGet(() -> new ClientGoneException(new IllegalStateException("drained enough")));
            }
        }
    }

    private Optional<ClientGoneException> tryWrite(ByteBuffer bytes) {
        try {
            downstream.write(bytes);
            return Optional.empty();
        } catch (ClientGoneException e) {
            return Optional.of(e);
        }
    }
}
