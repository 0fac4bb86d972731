// SPDX-License-Identifier: Apache-2.0
package dev.penstock.upstream;

import dev.penstock.transport.BlockingTransport;
import dev.penstock.transport.Dial;
import dev.penstock.transport.NameLookup;
import dev.penstock.upstream.UpstreamException.Kind;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.eclipse.jetty.client.Connection;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.util.Promise;
import org.jspecify.annotations.Nullable;

/**
 * One request to one model server, driven by the stream's own thread: {@link #connect}, {@link #head}, {@link #read} until it
 * is empty, {@link #close}.
 *
 * <p>The call asks jetty-client for a connection of its own instead of joining a destination's queue: in the queue, a request
 * may be written by the thread of whichever stream frees a connection, and with blocking sockets that thread would then wait
 * for somebody else's model server.
 *
 * <p>A request goes out again, once and on a fresh connection, when a reused connection broke before one byte of an answer had
 * come: the model server closed it while it rested.
 *
 * <p>Confined to the stream thread, but for {@link #abort} and {@link #writingSince}, which are for every thread.
 */
public final class UpstreamCall implements AutoCloseable {
    private final HttpClient client;
    private final NameLookup names;
    private final UpstreamTarget target;
    private final UpstreamRequest request;
    private final Duration connectTimeout;

    /** Written by the stream thread; read by whoever aborts. */
    private volatile @Nullable Dial dial;

    /** Written by the stream thread; read by whoever aborts. */
    private volatile @Nullable UpstreamConnection connection;

    /** Written by whoever aborts; read by the stream thread. */
    private volatile boolean aborted;

    private boolean reused;
    private @Nullable UpstreamExchange exchange;

    UpstreamCall(
            HttpClient client,
            NameLookup names,
            UpstreamTarget target,
            UpstreamRequest request,
            Duration connectTimeout) {
        this.client = client;
        this.names = names;
        this.target = target;
        this.request = request;
        this.connectTimeout = connectTimeout;
    }

    /** Takes an idle connection or opens one, within the connect clock. */
    public void connect() {
        Optional<UpstreamConnection> idle = target.idle().take();
        reused = idle.isPresent();
        own(idle.isPresent() ? idle.get() : open());
    }

    /** Sends the request and blocks until the head of the answer has come. */
    public UpstreamHead head() {
        try {
            return exchange();
        } catch (UpstreamException e) {
            if (aborted || !reused || anythingReceived()) {
                throw explained(e);
            }
        }
        current().close();
        reused = false;
        own(open());
        try {
            return exchange();
        } catch (UpstreamException e) {
            throw explained(e);
        }
    }

    /** Blocks for the next bytes of the body; absent at its end. The buffer is valid until the next call, and is never empty. */
    public Optional<ByteBuffer> read() {
        return read(0);
    }

    /**
     * The same, within a time.
     *
     * @param timeoutMillis 0 waits for ever; a buffer without bytes says that nothing came in that time
     */
    public Optional<ByteBuffer> read(long timeoutMillis) {
        try {
            return Objects.requireNonNull(exchange, "read before head").read(timeoutMillis);
        } catch (UpstreamException e) {
            throw explained(e);
        }
    }

    /**
     * Gives the call up: the model server sees its connection reset, and the stream's thread, wherever it is blocked, gets an
     * {@link UpstreamException}. Idempotent, for any thread, at any time.
     */
    public void abort() {
        aborted = true;
        UpstreamConnection open = connection;
        if (open != null) {
            open.endPoint().abort(true);
        }
        Dial dialling = dial;
        if (dialling != null) {
            dialling.abort();
        }
    }

    /** The {@link System#nanoTime} of the last progress of a write that is blocked now, or 0. For every thread. */
    public long writingSince() {
        UpstreamConnection open = connection;
        return open == null ? 0 : open.endPoint().writingSince();
    }

    /** Whether bytes of an answer have come. */
    public boolean anythingReceived() {
        return exchange != null && exchange.isAnswered();
    }

    /** Keeps the connection for reuse when the answer was read to its proper end; closes it otherwise. Idempotent. */
    @Override
    public void close() {
        UpstreamConnection open = connection;
        if (open == null) {
            return;
        }
        boolean whole = false;
        if (exchange != null) {
            exchange.release();
            whole = exchange.isWhole();
        }
        // From here on an abort does not reach the connection: it may be somebody else's already.
        connection = null;
        dial = null;
        if (whole && !aborted && open.isReusable()) {
            target.idle().put(open);
        } else {
            open.endPoint().abort(true);
            open.close();
        }
    }

    private void own(UpstreamConnection fresh) {
        connection = fresh;
        if (aborted) {
            fresh.endPoint().abort(true);
        }
    }

    private UpstreamConnection current() {
        return Objects.requireNonNull(connection, "not connected");
    }

    private UpstreamConnection open() {
        Dial attempt = new Dial(target.dialTarget(), connectTimeout, names);
        dial = attempt;
        if (aborted) {
            attempt.abort();
        }
        Promise.Completable<Connection> promise = new Promise.Completable<>();
        BlockingTransport.connect(client.resolveDestination(message()), attempt, promise);
        try {
            return new UpstreamConnection(promise.join());
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            boolean late = cause instanceof SocketTimeoutException;
            throw explained(new UpstreamException(late ? Kind.CONNECT_TIMEOUT : Kind.CONNECT_FAILED, cause));
        }
    }

    private UpstreamHead exchange() {
        UpstreamExchange fresh = new UpstreamExchange(current());
        exchange = fresh;
        return fresh.head(message());
    }

    private WireRequest message() {
        return new WireRequest(client, target, request);
    }

    /** Whatever failed after an abort failed because of it. */
    private UpstreamException explained(UpstreamException failure) {
        return aborted ? new UpstreamException(Kind.ABORTED, failure) : failure;
    }
}
