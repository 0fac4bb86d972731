// SPDX-License-Identifier: Apache-2.0
package dev.penstock.upstream;

import org.eclipse.jetty.client.ByteBufferRequestContent;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpConversation;
import org.eclipse.jetty.client.transport.HttpRequest;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * Jetty's request, with a target that goes on the wire as it came. Jetty would parse path and query and put them together
 * again, and {@code //a?b} is not the same afterwards.
 *
 * <p>Confined to the stream thread.
 */
final class WireRequest extends HttpRequest {
    /** Jetty would name a content type where the client named none. */
    private static final @Nullable String NO_CONTENT_TYPE = null;

    private final String path;
    private final @Nullable String query;

    WireRequest(HttpClient client, UpstreamTarget target, UpstreamRequest request) {
        super(client, new HttpConversation(), target.origin());
        String pathAndQuery = request.pathAndQuery();
        int question = pathAndQuery.indexOf('?');
        this.path = question < 0 ? pathAndQuery : pathAndQuery.substring(0, question);
        this.query = question < 0 ? null : pathAndQuery.substring(question + 1);
        method(request.method());
        version(HttpVersion.HTTP_1_1);
        transport(target.transport());
        followRedirects(false);
        headers(headers -> {
            headers.put(HttpHeader.HOST, target.hostHeader());
            request.headers().forEach(header -> headers.add(header.name(), header.value()));
        });
        if (request.body().hasRemaining()) {
            body(new ByteBufferRequestContent(NO_CONTENT_TYPE, request.body().duplicate()));
        }
    }

    @Override
    public String getPath() {
        return path;
    }

    @Override
    public @Nullable String getQuery() {
        return query;
    }
}
