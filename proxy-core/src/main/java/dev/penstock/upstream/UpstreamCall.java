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
 * One request to one model server, driven by one thread at a time: {@link #connect}, {@link #head}, {@link #read} until it
 * is empty, {@link #close}.
 *
 * <p>The call asks jetty-client for a connection of its own instead of joining a destination's queue: in the queue, a request
 * may be written by the thread of whichever stream frees a connection, and with blocking sockets that thread would then wait
 * for somebody else's model server.
 *
 * <p>A request goes out again, once and on a fresh connection, when a reused connection broke before one byte of an answer had
 * come: the model server closed it while it rested.
 *
 * <p>One thread at a time calls, usually the stream's, and with hedging one of the attempt's own until it hands over;
 * {@link #abort}, {@link #tick} and {@link #writingSince} are for every thread. An abort and the end of the call are never halfway
 * at the same time: once the connection is given to the pool it may be somebody else's.
 *
 * <p>Guarded by this: dial, connection, aborted. The rest is the calling thread's.
 */
public final class UpstreamCall implements AutoCloseable {
    private final HttpClient client;
    private final NameLookup names;
    private final UpstreamTarget target;
    private final UpstreamRequest request;
    private final Duration connectTimeout;

    private @Nullable Dial dial;
    private @Nullable UpstreamConnection connection;
    private boolean aborted;

    /** There while a request is written. Written by the calling thread, read by the clocks. */
    private volatile @Nullable EarlyAnswer early;

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
            if (isAborted() || !reused || anythingReceived()) {
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
    public synchronized void abort() {
        aborted = true;
        if (connection != null) {
            connection.endPoint().abort(true);
        }
        if (dial != null) {
            dial.abort();
        }
    }

    /** The {@link System#nanoTime} of the last progress of a write that is blocked now, or 0. For every thread. */
    public synchronized long writingSince() {
        return connection == null ? 0 : connection.endPoint().writingSince();
    }

    /** Looks whether the model server has refused the request that is being written. Called by the clocks; never blocks. */
    public void tick(long now) {
        EarlyAnswer watch = early;
        if (watch != null) {
            watch.look(now);
        }
    }

    /** Whether bytes of an answer have come. */
    public boolean anythingReceived() {
        return exchange != null && exchange.isAnswered();
    }

    /** Keeps the connection for reuse when the answer was read to its proper end; closes it otherwise. Idempotent. */
    @Override
    public void close() {
        Optional<UpstreamConnection> owned = disown();
        if (owned.isEmpty()) {
            return;
        }
        UpstreamConnection open = owned.get();
        boolean whole = false;
        if (exchange != null) {
            exchange.release();
            whole = exchange.isWhole();
        }
        if (whole && !isAborted() && open.isReusable()) {
            target.idle().put(open);
        } else {
            open.endPoint().abort(true);
            open.close();
        }
    }

    private synchronized void own(UpstreamConnection fresh) {
        connection = fresh;
        if (aborted) {
            fresh.endPoint().abort(true);
        }
    }

    /** From here on an abort does not reach the connection. */
    private synchronized Optional<UpstreamConnection> disown() {
        Optional<UpstreamConnection> owned = Optional.ofNullable(connection);
        connection = null;
        dial = null;
        return owned;
    }

    private synchronized UpstreamConnection current() {
        return Objects.requireNonNull(connection, "not connected");
    }

    private synchronized boolean isAborted() {
        return aborted;
    }

    private UpstreamConnection open() {
        Dial attempt = begin();
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

    private synchronized Dial begin() {
        Dial attempt = new Dial(target.dialTarget(), connectTimeout, names);
        dial = attempt;
        if (aborted) {
            attempt.abort();
        }
        return attempt;
    }

    private UpstreamHead exchange() {
        UpstreamExchange fresh = new UpstreamExchange(current());
        exchange = fresh;
        try (EarlyAnswer watch = new EarlyAnswer(current().endPoint())) {
            early = watch;
            fresh.send(message());
        } finally {
            early = null;
        }
        return fresh.head();
    }

    private WireRequest message() {
        return new WireRequest(client, target, request);
    }

    /** Whatever failed after an abort failed because of it. */
    private UpstreamException explained(UpstreamException failure) {
        return isAborted() ? new UpstreamException(Kind.ABORTED, failure) : failure;
    }
}
