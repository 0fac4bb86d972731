// SPDX-License-Identifier: Apache-2.0
package dev.penstock.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;

/** One request as a blocking handler sees it. Confined to the connection's thread. */
final class Served {
    private final Request request;
    private final Response response;
    private final BlockingEndPoint endPoint;

    Served(Request request, Response response) {
        this.request = request;
        this.response = response;
        this.endPoint = (BlockingEndPoint)
                request.getConnectionMetaData().getConnection().getEndPoint();
    }

    Request request() {
        return request;
    }

    Response response() {
        return response;
    }

    BlockingEndPoint endPoint() {
        return endPoint;
    }

    String path() {
        return Request.getPathInContext(request);
    }

    /** Sends 100 Continue if the client waits for it, then reads the whole body. */
    byte[] body() throws IOException {
        var all = new ByteArrayOutputStream();
        readBody(bytes -> all.writeBytes(BufferUtil.toArray(bytes)));
        return all.toByteArray();
    }

    void readBody(Consumer<ByteBuffer> sink) throws IOException {
        boolean mayContinue = request.getHeaders().contains(HttpHeader.EXPECT, "100-continue");
        while (true) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                if (mayContinue) {
                    mayContinue = false;
                    response.writeInterim(100, HttpFields.EMPTY).join();
                }
                if (endPoint.awaitReadable(0) == Readiness.TIMEOUT) {
                    throw new IOException("interrupted");
                }
            } else if (Content.Chunk.isFailure(chunk)) {
                throw new EOFException(String.valueOf(chunk.getFailure()));
            } else {
                sink.accept(chunk.getByteBuffer());
                chunk.release();
                if (chunk.isLast()) {
                    return;
                }
            }
        }
    }

    void header(String name, String value) {
        response.getHeaders().put(name, value);
    }

    void write(String text) throws IOException {
        write(text.getBytes(UTF_8));
    }

    void write(byte[] bytes) throws IOException {
        Content.Sink.write(response, false, ByteBuffer.wrap(bytes));
    }

    /** A whole answer with its length. */
    void answer(byte[] bytes) throws IOException {
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
        Content.Sink.write(response, true, ByteBuffer.wrap(bytes));
    }

    void answer(String text) throws IOException {
        answer(text.getBytes(UTF_8));
    }
}
