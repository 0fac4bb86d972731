// SPDX-License-Identifier: Apache-2.0
package dev.penstock.upstream;

import dev.penstock.transport.NameLookup;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * jetty-client with a proxy's manners instead of a browser's: no cookies, no redirects, no answers to authentication
 * challenges, no decoding, no headers of its own.
 *
 * <p>Its selector and thread pool exist because jetty-client wants them; nothing of ours ever runs there.
 *
 * <p>Thread-safe: immutable after construction.
 */
public final class UpstreamClient implements AutoCloseable {
    private static final int HEAD_BYTES = 64 * 1024;
    private static final int READ_BYTES = 16 * 1024;

    private final HttpClient http;
    private final NameLookup names = new NameLookup();

    public UpstreamClient() throws Exception {
        this(threads(), new ArrayByteBufferPool());
    }

    UpstreamClient(Executor threads, ByteBufferPool buffers) throws Exception {
        http = new HttpClient(new SurplusAwareConnection.Transport());
        http.setExecutor(threads);
        http.setByteBufferPool(buffers);
        http.setUseInputDirectByteBuffers(false);
        http.setUseOutputDirectByteBuffers(false);
        http.setResponseBufferSize(READ_BYTES);
        http.setMaxRequestHeadersSize(HEAD_BYTES);
        http.setMaxResponseHeadersSize(HEAD_BYTES);
        http.setDefaultRequestContentType(null);
        http.setHttpCookieStore(new HttpCookieStore.Empty());
        http.setFollowRedirects(false);
        http.setUserAgentField(null);
        http.setIdleTimeout(0);
        http.setDestinationIdleTimeout(Duration.ofHours(1).toMillis());
        http.start();
        http.getContentDecoderFactories().clear();
        // By name: clearing them all would also remove the one for 100 Continue, without which send() can hang for
        // ever.
        http.getProtocolHandlers().remove("www-authenticate");
        http.getProtocolHandlers().remove("proxy-authenticate");
        http.getProtocolHandlers().remove("redirect");
    }

    private static Executor threads() {
        QueuedThreadPool pool = new QueuedThreadPool(4, 1);
        pool.setName("upstream");
        pool.setDaemon(true);
        return pool;
    }

    /** Prepares a call; nothing is sent before {@link UpstreamCall#head}. */
    public UpstreamCall call(UpstreamTarget target, UpstreamRequest request, Duration connectTimeout) {
        return new UpstreamCall(http, names, target, request, connectTimeout);
    }

    @Override
    public void close() {
        LifeCycle.stop(http);
        names.close();
    }
}
