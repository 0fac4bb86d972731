// SPDX-License-Identifier: Apache-2.0
package dev.penstock.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.penstock.server.AdminRoutes.Match;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Between Jetty and the endpoints: lets in, finds, reads the bounded body, calls, answers. Bodies are read and written
 * without a thread waiting for them, so slow peers cannot use up the few admin threads. Thread-safe: it has no state of
 * its own.
 */
final class AdminHandler extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);

    private final AdminGuard guard;
    private final AdminRoutes routes;

    AdminHandler(AdminGuard guard, AdminRoutes routes) {
        this.guard = guard;
        this.routes = routes;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        var path = path(request);
        var refusal = guard.check(
                path,
                header(request, HttpHeader.AUTHORIZATION),
                header(request, HttpHeader.HOST),
                header(request, HttpHeader.ORIGIN));
        if (refusal.isPresent()) {
            answer(response, callback, refusal.get());
            return true;
        }
        switch (routes.find(request.getMethod(), path)) {
            case Match.Refused refused -> answer(response, callback, refused.reply());
            case Match.Found found -> call(request, response, callback, path, found);
        }
        return true;
    }

    private static void call(Request request, Response response, Callback callback, String path, Match.Found found) {
        Content.Source.asByteArrayAsync(
                request,
                AdminServer.MAX_BODY,
                Promise.Invocable.from(
                        InvocationType.BLOCKING,
                        body -> answer(response, callback, ask(request, path, found, new String(body, UTF_8))),
                        failure -> answer(response, callback, unreadable(failure))));
    }

    private static AdminReply unreadable(Throwable failure) {
        return failure instanceof IllegalStateException // Jetty's word for "more than the maximum"
                ? AdminReply.error(413, "the body is too large")
                : AdminReply.error(400, "the body could not be read");
    }

    private static AdminReply ask(Request request, String path, Match.Found found, String body) {
        try {
            var call = new AdminCall(
                    request.getMethod(),
                    path,
                    found.pathValues(),
                    query(request),
                    header(request, HttpHeader.ACCEPT),
                    body);
            return found.endpoint().action().handle(call);
        } catch (RuntimeException e) {
            if (e instanceof HttpException) {
                return AdminReply.error(400, "the query could not be read");
            }
            LOG.error(
                    "admin endpoint {} {} failed",
                    found.endpoint().method(),
                    found.endpoint().path(),
                    e);
            return AdminReply.error(500, "internal error");
        }
    }

    private static Map<String, String> query(Request request) {
        var values = new HashMap<String, String>();
        Request.extractQueryParameters(request).forEach(field -> values.put(field.getName(), field.getValue()));
        return values;
    }

    /** Decoded and without dot segments; empty for the asterisk form and for CONNECT. */
    private static String path(Request request) {
        var path = request.getHttpURI().getDecodedPath();
        return path == null ? "" : path;
    }

    private static String header(Request request, HttpHeader name) {
        var value = request.getHeaders().get(name);
        return value == null ? "" : value;
    }

    static void answer(Response response, Callback callback, AdminReply reply) {
        var bytes = reply.body().getBytes(UTF_8);
        response.setStatus(reply.status());
        var headers = response.getHeaders();
        headers.put(HttpHeader.CONTENT_TYPE, reply.contentType());
        headers.put(HttpHeader.CONTENT_LENGTH, bytes.length);
        headers.put(HttpHeader.CACHE_CONTROL, "no-store");
        headers.put(new HttpField("X-Content-Type-Options", "nosniff"));
        reply.headers().forEach(headers::put);
        var head = HttpMethod.HEAD.is(response.getRequest().getMethod());
        response.write(true, head ? ByteBuffer.allocate(0) : ByteBuffer.wrap(bytes), callback);
    }
}
