// SPDX-License-Identifier: Apache-2.0
package dev.penstock.server;

import dev.penstock.exchange.Downstream;
import dev.penstock.exchange.Header;
import dev.penstock.relay.ClientGoneException;
import dev.penstock.transport.BlockingEndPoint;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * The only writer to one client, for one request. Over a blocking endpoint a Jetty write has succeeded or failed when the
 * call returns, so there is nothing to wait for.
 *
 * <p>Guarded by this: writing, {@code ended}. The stream thread writes; a heartbeat may come from another thread and goes
 * between two writes. {@link #breakOff} takes no lock, so it reaches a thread that is blocked inside a write.
 * {@code released} is atomic.
 */
final class JettyClientSink implements Downstream {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Response response;
    private final Callback callback;
    private final BlockingEndPoint endPoint;
    private final String watcherName;

    /** Written by the stream thread; read by the table of live streams. */
    private volatile int status;

    /** Written under the lock; read by the table of live streams. */
    private volatile long bytesWritten;

    private final HttpFields.Mutable trailers = HttpFields.build();
    private boolean trailersExpected;
    private boolean ended;

    /** Set by whoever is first: the end, after which the connection is the next request's, or a break, after which it is nobody's. */
    private final AtomicBoolean released = new AtomicBoolean();

    JettyClientSink(Response response, Callback callback, BlockingEndPoint endPoint, String watcherName) {
        this.response = response;
        this.callback = callback;
        this.endPoint = endPoint;
        this.watcherName = watcherName;
    }

    @Override
    public synchronized boolean head(int newStatus, List<Header> headers, long contentLength) {
        if (response.isCommitted()) {
            return false;
        }
        response.reset();
        response.setStatus(newStatus);
        headers.forEach(header -> response.getHeaders().add(header.name(), header.value()));
        if (trailersExpected && contentLength < 0) {
            response.setTrailersSupplier(() -> trailers);
        }
        if (contentLength >= 0) {
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, contentLength);
        }
        status = newStatus;
        return true;
    }

    @Override
    public boolean isCommitted() {
        return response.isCommitted();
    }

    @Override
    public synchronized void write(ByteBuffer bytes) {
        int length = bytes.remaining();
        flush(false, bytes);
        bytesWritten += length;
    }

    @Override
    public synchronized void heartbeat(Supplier<byte[]> beat) {
        byte[] bytes = ended ? new byte[0] : beat.get();
        if (bytes.length > 0) {
            flush(false, ByteBuffer.wrap(bytes));
        }
    }

    @Override
    public void expectTrailers() {
        trailersExpected = true;
    }

    @Override
    public void trailer(String name, String value) {
        trailers.put(name, value);
    }

    @Override
    public void end() {
        synchronized (this) {
            ended = true;
            flush(true, NOTHING.duplicate());
        }
        if (!released.compareAndSet(false, true)) {
            endPoint.abort(false); // As whoever breaks it off is about to, or has: no request must begin here.
        }
        callback.succeeded();
    }

    @Override
    public void abort() {
        synchronized (this) {
            ended = true;
        }
        if (!response.isCommitted()) {
            endPoint.abort(false);
        } else if (endsWithTheConnection()) {
            endPoint.abort(true);
        }
        callback.failed(new EofException("the answer is incomplete")); // Jetty logs other exceptions with their stacks.
    }

    /** To a client that knows no chunks, a connection that is closed in order would mean that the answer is whole. */
    private boolean endsWithTheConnection() {
        return response.getRequest().getConnectionMetaData().getHttpVersion().getVersion()
                < HttpVersion.HTTP_1_1.getVersion();
    }

    @Override
    public void breakOff() {
        if (released.compareAndSet(false, true)) {
            endPoint.abort(false);
        }
    }

    @Override
    public void watch(Runnable departed) {
        endPoint.watchDeparture(watcherName, departed);
    }

    @Override
    public void unwatch() {
        endPoint.unwatchDeparture();
    }

    @Override
    public long writingSince() {
        return endPoint.writingSince();
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public long bytesWritten() {
        return bytesWritten;
    }

    private void flush(boolean last, ByteBuffer bytes) {
        WriteResult result = new WriteResult();
        response.write(last, bytes, result);
        result.check();
    }

    /**
     * What became of one write. Confined to the thread that writes: Jetty completes it before the write returns. There is one for
     * each event, so it makes an exception only for a write that failed.
     */
    private static final class WriteResult implements Callback {
        private @Nullable Throwable failure;
        private boolean done;

        @Override
        public void succeeded() {
            done = true;
        }

        @Override
        public void failed(Throwable x) {
            failure = x;
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }

        void check() {
            if (!done) {
                throw new ClientGoneException(
                        failure == null ? new IllegalStateException("a blocking write has not completed") : failure);
            }
        }
    }
}
