// SPDX-License-Identifier: Apache-2.0
package dev.penstock.server;

import dev.penstock.dialect.Dialect;
import dev.penstock.exchange.ClientRequest;
import dev.penstock.exchange.Exchanges;
import dev.penstock.exchange.Header;
import dev.penstock.transport.BlockingEndPoint;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Turns a Jetty request into an exchange and runs it on the connection's own virtual thread, nothing else. While it runs, the
 * thread carries the stream's name.
 *
 * <p>Thread-safe: immutable.
 */
final class StreamHandler extends Handler.Abstract {
    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private final Supplier<Exchanges> exchanges;
    private final StreamIds ids;
    private final PeerAddress peers;

    StreamHandler(Supplier<Exchanges> exchanges, StreamIds ids, PeerAddress peers) {
        this.exchanges = exchanges;
        this.ids = ids;
        this.peers = peers;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        if (!hasPlainFraming(request)) {
            response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString());
            Response.writeError(request, response, callback, HttpStatus.BAD_REQUEST_400);
            return true;
        }
        BlockingEndPoint endPoint = (BlockingEndPoint)
                request.getConnectionMetaData().getConnection().getEndPoint();
        String id = ids.next();
        request.setAttribute(ProtocolErrors.CONDUCTED, id);
        Thread thread = Thread.currentThread();
        String connectionName = thread.getName();
        thread.setName("stream-" + id);
        try {
            exchanges
                    .get()
                    .open(
                            clientRequest(id, request, endPoint),
                            new RequestBodyReader(endPoint, request, response),
                            new JettyClientSink(response, callback, endPoint, "watch-" + id))
                    .run();
        } finally {
            thread.setName(connectionName);
        }
        return true;
    }

    /** Jetty hands over a body that is gzipped and chunked, or chunked by HTTP/1.0; who reads it otherwise reads another request. */
    private static boolean hasPlainFraming(Request request) {
        List<String> codings = request.getHeaders().getValuesList(HttpHeader.TRANSFER_ENCODING);
        return codings.isEmpty()
                || (request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1
                        && codings.size() == 1
                        && HttpHeaderValue.CHUNKED.is(codings.getFirst()));
    }

    private ClientRequest clientRequest(String id, Request request, BlockingEndPoint endPoint) {
        List<Header> headers = new ArrayList<>(request.getHeaders().size());
        for (HttpField field : request.getHeaders()) {
            headers.add(new Header(field.getName(), Objects.requireNonNullElse(field.getValue(), "")));
        }
        String path = Objects.requireNonNullElse(request.getHttpURI().getPath(), "/");
        PeerAddress.Peer peer = peers.of((InetSocketAddress) endPoint.getRemoteSocketAddress(), headers);
        return new ClientRequest(
                id,
                Header.first(headers, "x-request-id")
                        .filter(value -> REQUEST_ID.matcher(value).matches())
                        .orElse("req_" + id),
                request.getMethod(),
                path,
                Optional.ofNullable(request.getHttpURI().getQuery()),
                headers,
                Dialect.forPath(path),
                peer.address(),
                peer.forwardedFor(),
                request.getBeginNanoTime());
    }
}
