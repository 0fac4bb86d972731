// SPDX-License-Identifier: Apache-2.0
package dev.penstock.upstream;

import dev.penstock.transport.BlockingEndPoint;
import dev.penstock.transport.BlockingTransport;
import dev.penstock.transport.Dial;
import dev.penstock.transport.Readiness;
import dev.penstock.upstream.UpstreamException.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.eclipse.jetty.client.ByteBufferRequestContent;
import org.eclipse.jetty.client.Connection;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.transport.internal.HttpConnectionOverHTTP;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
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
 * <p>Confined to the stream thread, but for {@link #abort}, which is for every thread.
 */
public final class UpstreamCall implements AutoCloseable {
    private final HttpClient client;
    private final UpstreamTarget target;
    private final UpstreamRequest request;
    private final Duration connectTimeout;

    /** Written by the stream thread; read by whoever aborts. */
    private volatile @Nullable Dial dial;

    /** Written by the stream thread; read by whoever aborts. */
    private volatile @Nullable UpstreamConnection connection;

    private volatile boolean aborted;

    private boolean reused;
    private long receivedBefore;
    private Content.@Nullable Source source;
    private @Nullable Response response;
    private @Nullable Result result;
    private Content.@Nullable Chunk chunk;

    UpstreamCall(HttpClient client, UpstreamTarget target, UpstreamRequest request, Duration connectTimeout) {
        this.client = client;
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
            if (!reused || aborted || anythingReceived()) {
                throw e;
            }
            current().close();
            reused = false;
            own(open());
            return exchange();
        }
    }

    /**
     * Blocks for the next bytes of the body; empty at its end. The buffer is valid until the next call, and is never empty.
     */
    public Optional<ByteBuffer> read() {
        releaseChunk();
        Content.Source body = Objects.requireNonNull(source, "read before head");
        boolean ended = false;
        while (true) {
            Content.Chunk next = body.read();
            if (next == null) {
                if (ended) {
                    throw bodyFailure(new EOFException("connection ended"));
                }
                ended = awaitInput();
            } else if (Content.Chunk.isFailure(next)) {
                throw bodyFailure(next.getFailure());
            } else if (next.hasRemaining()) {
                chunk = next;
                return Optional.of(next.getByteBuffer());
            } else if (next.isLast()) {
                return Optional.empty();
            } else {
                next.release();
            }
        }
    }

    /**
     * Gives the call up: the model server sees its connection reset, and the stream's thread, wherever it is blocked, gets an
     * {@link UpstreamException}. Idempotent, for any thread, at any time.
     */
    public void abort() {
        aborted = true;
        Dial dialling = dial;
        if (dialling != null) {
            dialling.abort();
        }
        UpstreamConnection open = connection;
        if (open != null) {
            open.endPoint().abort(true);
        }
    }

    /** Whether bytes of an answer have come. */
    public boolean anythingReceived() {
        UpstreamConnection open = connection;
        return response != null || (open != null && open.http().getBytesIn() > receivedBefore);
    }

    /** Keeps the connection for reuse when the answer was read to its proper end; closes it otherwise. Idempotent. */
    @Override
    public void close() {
        UpstreamConnection open = connection;
        if (open == null) {
            return;
        }
        releaseChunk();
        connection = null;
        if (!aborted && result != null && result.isSucceeded() && open.isReusable()) {
            target.idle().put(open);
        } else {
            open.endPoint().abort(true);
            open.close();
        }
    }

    private void own(UpstreamConnection fresh) {
        connection = fresh;
        receivedBefore = fresh.http().getBytesIn();
        if (aborted) {
            fresh.endPoint().abort(true);
        }
    }

    private UpstreamConnection current() {
        return Objects.requireNonNull(connection, "not connected");
    }

    private UpstreamConnection open() {
        Dial attempt = new Dial(target.dialTarget(), connectTimeout);
        dial = attempt;
        if (aborted) {
            attempt.abort();
        }
        Promise.Completable<Connection> promise = new Promise.Completable<>();
        client.resolveDestination(newRequest(attempt)).newConnection(promise);
        try {
            return new UpstreamConnection((HttpConnectionOverHTTP) promise.join());
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw failure(cause instanceof SocketTimeoutException ? Kind.CONNECT_TIMEOUT : Kind.CONNECT_FAILED, cause);
        }
    }

    private UpstreamHead exchange() {
        UpstreamConnection open = current();
        Request message = newRequest(new Dial(target.dialTarget(), connectTimeout));
        message.onResponseContentSource((head, body) -> {
            response = head;
            source = body;
        });
        open.http().send(message, done -> result = done);
        BlockingEndPoint endPoint = open.endPoint();
        while (source == null && result == null) {
            Readiness readiness = endPoint.awaitReadable(0);
            endPoint.fillable();
            if (readiness == Readiness.ENDED && source == null && result == null) {
                throw failure(Kind.NO_RESPONSE, new EOFException("connection ended"));
            }
        }
        return toHead();
    }

    private UpstreamHead toHead() {
        Response head = response;
        if (head == null) {
            Throwable cause = result == null ? new EOFException() : result.getFailure();
            throw failure(Kind.NO_RESPONSE, cause == null ? new EOFException("no head") : cause);
        }
        return new UpstreamHead(
                head.getStatus(),
                head.getHeaders().stream()
                        .map(field -> new UpstreamRequest.Header(
                                field.getName(), Objects.requireNonNullElse(field.getValue(), "")))
                        .toList());
    }

    private Request newRequest(Dial attempt) {
        Request message = client.newRequest(
                        target.url().getHost(), target.dialTarget().port())
                .scheme(target.url().getScheme())
                .method(request.method())
                .path(request.pathAndQuery())
                .version(HttpVersion.HTTP_1_1)
                .transport(new BlockingTransport(attempt))
                .followRedirects(false);
        message.headers(headers -> request.headers().forEach(header -> headers.add(header.name(), header.value())));
        if (request.body().hasRemaining()) {
            message.body(new ByteBufferRequestContent(request.body().duplicate()));
        }
        return message;
    }

    /** Blocks for input; true when there will be no more. */
    private boolean awaitInput() {
        return switch (current().endPoint().awaitReadable(0)) {
            case READY -> false;
            case ENDED -> true;
            case TIMEOUT -> throw failure(Kind.RESET, new IOException("interrupted"));
        };
    }

    private UpstreamException bodyFailure(Throwable cause) {
        return failure(cause instanceof EOFException ? Kind.TRUNCATED : Kind.RESET, cause);
    }

    private UpstreamException failure(Kind kind, Throwable cause) {
        return new UpstreamException(aborted ? Kind.ABORTED : kind, cause);
    }

    private void releaseChunk() {
        if (chunk != null) {
            chunk.release();
            chunk = null;
        }
    }
}
