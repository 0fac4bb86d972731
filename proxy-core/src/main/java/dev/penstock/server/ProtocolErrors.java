// SPDX-License-Identifier: Apache-2.0
package dev.penstock.server;

import dev.penstock.dialect.Dialect;
import dev.penstock.dialect.ErrorReply;
import dev.penstock.exchange.Exchanges;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/**
 * Answers what Jetty refuses before there is a request for us, in the error body of the path's dialect. Says nothing of the
 * server, and repeats nothing of the request.
 *
 * <p>Thread-safe: immutable.
 */
final class ProtocolErrors extends ErrorHandler {
    /** The attribute of a request that an exchange accounts for, also when it ends without an answer, which Jetty reports here too. */
    static final String CONDUCTED = "dev.penstock.conducted";

    private final Supplier<Exchanges> exchanges;
    private final StreamIds ids;

    ProtocolErrors(Supplier<Exchanges> exchanges, StreamIds ids) {
        this.exchanges = exchanges;
        this.ids = ids;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        String path = Objects.requireNonNullElse(request.getHttpURI().getPath(), "/");
        String id = ids.next();
        String requestId = "req_" + id;
        String message = HttpStatus.getMessage(status);
        ErrorReply reply = new ErrorReply(status, "bad_request", message, requestId, Optional.empty());
        response.getHeaders().put("x-request-id", requestId);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.write(true, ByteBuffer.wrap(Dialect.forPath(path).errorBody(reply)), callback);
        if (request.getAttribute(CONDUCTED) == null) {
            String method = Objects.requireNonNullElse(request.getMethod(), "");
            exchanges.get().unread(id, method, path, Request.getRemoteAddr(request), status);
        }
        return true;
    }
}
