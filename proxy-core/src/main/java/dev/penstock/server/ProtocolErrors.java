// SPDX-License-Identifier: Apache-2.0
package dev.penstock.server;

import dev.penstock.dialect.Dialect;
import dev.penstock.dialect.ErrorReply;
import dev.penstock.exchange.Exchanges;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
 * Answers what is refused before there is a request for us, by Jetty or because its head came too late, in the error body of the
 * path's dialect. Says nothing of the server, and repeats nothing of the request.
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
        byte[] body = body(id, path, status, "bad_request", HttpStatus.getMessage(status));
        response.getHeaders().put("x-request-id", requestId(id));
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.write(true, ByteBuffer.wrap(body), callback);
        if (request.getAttribute(CONDUCTED) == null) {
            String method = Objects.requireNonNullElse(request.getMethod(), "");
            exchanges.get().unread(id, method, path, Request.getRemoteAddr(request), status);
        }
        return true;
    }

    /** Answers for a head that did not come in time: a whole answer, because Jetty knows of no request yet. */
    byte[] lateHead(InetSocketAddress client) {
        String id = ids.next();
        int status = HttpStatus.REQUEST_TIMEOUT_408;
        byte[] body = body(id, "/", status, "request_timeout", "The request's head did not arrive in time.");
        String head = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Type: application/json\r\n"
                + "x-request-id: " + requestId(id) + "\r\nContent-Length: " + body.length + "\r\n\r\n";
        exchanges.get().unread(id, "", "/", client.getAddress().getHostAddress(), status);
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        answer.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        answer.writeBytes(body);
        return answer.toByteArray();
    }

    private static byte[] body(String id, String path, int status, String code, String message) {
        ErrorReply reply = new ErrorReply(status, code, message, requestId(id), Optional.empty());
        return Dialect.forPath(path).errorBody(reply);
    }

    private static String requestId(String id) {
        return "req_" + id;
    }
}
