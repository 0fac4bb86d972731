// SPDX-License-Identifier: Apache-2.0
package dev.penstock.upstream;

import dev.penstock.transport.BlockingEndPoint;
import dev.penstock.transport.Readiness;
import dev.penstock.upstream.UpstreamException.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/**
 * One request on one connection and the answer to it. Jetty parses; this thread waits for what it parses, and every callback
 * below runs on it.
 *
 * <p>A wait that gave input, after which Jetty took none of it, will never end well: Jetty has given the connection up without
 * saying so. That is a failure here, not a reason to ask again for ever.
 *
 * <p>Confined to the stream thread.
 */
final class UpstreamExchange {
    private static final ByteBuffer NOTHING_YET = ByteBuffer.allocate(0);

    private final UpstreamConnection connection;
    private final BlockingEndPoint endPoint;
    private final long bytesBefore;
    private @Nullable Response response;
    private @Nullable Result result;
    private Content.@Nullable Source source;
    private Content.@Nullable Chunk chunk;
    private @Nullable UpstreamException failure;

    UpstreamExchange(UpstreamConnection connection) {
        this.connection = connection;
        this.endPoint = connection.endPoint();
        this.bytesBefore = connection.http().getBytesIn();
    }

    /** Sends the request. */
    void send(WireRequest request) {
        request.onResponseContentSource((head, body) -> {
            response = head;
            source = body;
        });
        connection.http().send(request, done -> result = done);
    }

    /** Waits for the head of the final answer. */
    UpstreamHead head() {
        while (source == null && result == null) {
            long taken = connection.http().getBytesIn();
            Readiness readiness = awaitInput(Kind.NO_RESPONSE);
            endPoint.fillable();
            if (source == null && result == null && isStuck(readiness, taken)) {
                throw new UpstreamException(Kind.NO_RESPONSE, new EOFException("connection ended"));
            }
        }
        return toHead();
    }

    /** The next bytes of the body; absent at its end. What failed once fails the same way again. */
    Optional<ByteBuffer> read(long timeoutMillis) {
        release();
        if (failure != null) {
            throw failure;
        }
        try {
            return readOn(timeoutMillis);
        } catch (UpstreamException e) {
            failure = e;
            throw e;
        }
    }

    private Optional<ByteBuffer> readOn(long timeoutMillis) {
        Content.Source body = Objects.requireNonNull(source, "read before head");
        while (true) {
            Content.Chunk next = body.read();
            if (next == null) {
                Optional<Content.Chunk> awaited = readAfterInput(body, timeoutMillis);
                if (awaited.isEmpty()) {
                    return Optional.of(NOTHING_YET.duplicate());
                }
                next = awaited.get();
            }
            if (Content.Chunk.isFailure(next)) {
                throw bodyFailure(next.getFailure());
            }
            if (next.hasRemaining()) {
                chunk = next;
                return Optional.of(next.getByteBuffer());
            }
            next.release();
            if (next.isLast()) {
                return Optional.empty();
            }
        }
    }

    /** Whether bytes of an answer have come. */
    boolean isAnswered() {
        return connection.http().getBytesIn() > bytesBefore;
    }

    /** Whether the request was sent and the answer read, both to their proper end. */
    boolean isWhole() {
        return result != null && result.isSucceeded();
    }

    /** Gives back the bytes that {@link #read} gave last. */
    void release() {
        if (chunk != null) {
            chunk.release();
            chunk = null;
        }
    }

    /** Waits for input and reads; absent when none came in time. */
    private Optional<Content.Chunk> readAfterInput(Content.Source body, long timeoutMillis) {
        while (true) {
            long taken = connection.http().getBytesIn();
            Readiness readiness = endPoint.awaitReadable(timeoutMillis);
            if (readiness == Readiness.TIMEOUT && timeoutMillis > 0) {
                return Optional.empty();
            }
            checkInterrupt(readiness, Kind.RESET);
            Content.Chunk next = body.read();
            if (next != null) {
                return Optional.of(next);
            }
            if (isStuck(readiness, taken)) {
                throw new UpstreamException(Kind.TRUNCATED, new EOFException("connection ended"));
            }
        }
    }

    private Readiness awaitInput(Kind interrupted) {
        Readiness readiness = endPoint.awaitReadable(0);
        checkInterrupt(readiness, interrupted);
        return readiness;
    }

    private static void checkInterrupt(Readiness readiness, Kind interrupted) {
        if (readiness == Readiness.TIMEOUT) {
            throw new UpstreamException(interrupted, new IOException("interrupted"));
        }
    }

    private boolean isStuck(Readiness readiness, long taken) {
        return readiness == Readiness.ENDED || connection.http().getBytesIn() == taken;
    }

    private UpstreamHead toHead() {
        Response head = response;
        if (head == null) {
            Throwable cause = Objects.requireNonNull(result).getFailure();
            throw new UpstreamException(Kind.NO_RESPONSE, cause == null ? new EOFException("no head") : cause);
        }
        if (head.getStatus() < 200 || head.getStatus() > 599) {
            throw new UpstreamException(Kind.NO_RESPONSE, new IOException("status " + head.getStatus()));
        }
        return new UpstreamHead(
                head.getStatus(),
                head.getHeaders().stream()
                        .map(field -> new UpstreamRequest.Header(
                                field.getName(), Objects.requireNonNullElse(field.getValue(), "")))
                        .toList());
    }

    private static UpstreamException bodyFailure(Throwable cause) {
        return new UpstreamException(cause instanceof EOFException ? Kind.TRUNCATED : Kind.RESET, cause);
    }
}
