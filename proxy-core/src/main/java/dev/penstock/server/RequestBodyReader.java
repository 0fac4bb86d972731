// SPDX-License-Identifier: Apache-2.0
package dev.penstock.server;

import dev.penstock.exchange.BodySource;
import dev.penstock.transport.BlockingEndPoint;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/**
 * Reads a request's body whole, within a bound on its size and a clock over all of it.
 *
 * <p>Confined to the stream thread.
 */
final class RequestBodyReader implements BodySource {
    private static final long MOST_DISCARDED = 64 * 1024;

    private final BlockingEndPoint endPoint;
    private final Request request;
    private final Response response;

    RequestBodyReader(BlockingEndPoint endPoint, Request request, Response response) {
        this.endPoint = endPoint;
        this.request = request;
        this.response = response;
    }

    @Override
    public Body read(long limit, Optional<Duration> clock) {
        if (request.getLength() > limit) {
            return new Body.TooLarge();
        }
        long begun = System.nanoTime();
        long deadline = begun + clock.map(Duration::toNanos).orElse(Long.MAX_VALUE / 2);
        boolean continued = !expectsContinue();
        ByteArrayOutputStream body =
                new ByteArrayOutputStream((int) Math.max(512, Math.min(request.getLength(), 1 << 20)));
        while (true) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                if (!continued) {
                    continued = true;
                    askForBody();
                }
                if (!awaitInput(deadline, clock)) {
                    return new Body.TooSlow();
                }
                continue;
            }
            if (Content.Chunk.isFailure(chunk)) {
                return broken(chunk.getFailure());
            }
            append(chunk, body);
            if (body.size() > limit) {
                return new Body.TooLarge();
            }
            if (chunk.isLast()) {
                return new Body.Whole(body.toByteArray(), Duration.ofNanos(System.nanoTime() - begun));
            }
        }
    }

    @Override
    public boolean discard() {
        long discarded = 0;
        while (discarded <= MOST_DISCARDED) {
            Content.Chunk chunk = request.read();
            if (chunk == null || Content.Chunk.isFailure(chunk)) {
                return false;
            }
            discarded += chunk.remaining();
            chunk.release();
            if (chunk.isLast()) {
                return true;
            }
        }
        return false;
    }

    /** Jetty calls the end of a connection in the middle of a body bad framing too. */
    private Body broken(Throwable failure) {
        return failure instanceof HttpException && !endPoint.isEnded() ? new Body.Malformed() : new Body.Abandoned();
    }

    private static void append(Content.Chunk chunk, ByteArrayOutputStream body) {
        byte[] bytes = new byte[chunk.remaining()];
        chunk.getByteBuffer().get(bytes);
        body.writeBytes(bytes);
        chunk.release();
    }

    private boolean awaitInput(long deadline, Optional<Duration> clock) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            return false;
        }
        return switch (endPoint.awaitReadable(clock.isPresent() ? left : 0)) {
            case READY, ENDED -> true;
            case TIMEOUT -> false;
        };
    }

    /** A client that does not get this shows it in the next read; over a blocking endpoint the write is done when it returns. */
    private void askForBody() {
        response.writeInterim(100, HttpFields.EMPTY)
                .exceptionally(failure -> null)
                .join();
    }

    private boolean expectsContinue() {
        return request.getHeaders().contains(HttpHeader.EXPECT, "100-continue");
    }
}
