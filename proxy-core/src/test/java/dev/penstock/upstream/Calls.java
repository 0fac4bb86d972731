// SPDX-License-Identifier: Apache-2.0
package dev.penstock.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Eventually;
import dev.penstock.testing.ScriptedUpstream;
import dev.penstock.transport.ClientTls;
import dev.penstock.transport.Pem;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * A client and one target, for tests. At the end it insists that every buffer was given back and that Jetty's pool never ran
 * anything of a call. Thread-safe: as the client.
 */
final class Calls implements AutoCloseable {
    static final Duration CONNECT = Duration.ofSeconds(3);

    private final ArrayByteBufferPool.Tracking buffers = new ArrayByteBufferPool.Tracking();
    private final StrictPool pool = new StrictPool();
    private final UpstreamClient client;
    private final UpstreamTarget target;

    private Calls(URI url, Optional<InetAddress> address, ClientTls tls) throws Exception {
        client = new UpstreamClient(pool, buffers);
        pool.started = true;
        target = new UpstreamTarget(url, address, tls);
    }

    static Calls to(ScriptedUpstream upstream) throws Exception {
        return to(upstream.url());
    }

    static Calls to(String url) throws Exception {
        return to(url, new ClientTls(Pem.systemTrust(), Optional.empty()));
    }

    static Calls to(String url, ClientTls tls) throws Exception {
        return new Calls(URI.create(url), Optional.empty(), tls);
    }

    /** To one address, whatever the name in the URL stands for. */
    static Calls to(String url, InetAddress address, ClientTls tls) throws Exception {
        return new Calls(URI.create(url), Optional.of(address), tls);
    }

    UpstreamTarget target() {
        return target;
    }

    UpstreamCall call(UpstreamRequest request) {
        return call(request, CONNECT);
    }

    UpstreamCall call(UpstreamRequest request, Duration connect) {
        return client.call(target, request, connect);
    }

    UpstreamCall call(String path) {
        return call(request("POST", path, "{}"));
    }

    Answer post(String path, String body) {
        return exchange(request("POST", path, body));
    }

    Answer get(String path) {
        return exchange(request("GET", path, ""));
    }

    Answer exchange(UpstreamRequest request) {
        try (UpstreamCall call = call(request)) {
            call.connect();
            UpstreamHead head = call.head();
            return new Answer(head, readAll(call));
        }
    }

    static byte[] readAll(UpstreamCall call) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Optional<ByteBuffer> next = call.read();
        while (next.isPresent()) {
            byte[] bytes = new byte[next.get().remaining()];
            next.get().get(bytes);
            all.writeBytes(bytes);
            next = call.read();
        }
        return all.toByteArray();
    }

    static UpstreamRequest request(String method, String path, String body, String... headers) {
        var lines = new java.util.ArrayList<UpstreamRequest.Header>();
        for (int i = 0; i < headers.length; i += 2) {
            lines.add(new UpstreamRequest.Header(headers[i], headers[i + 1]));
        }
        return new UpstreamRequest(method, path, List.copyOf(lines), ByteBuffer.wrap(body.getBytes(UTF_8)));
    }

    @Override
    public void close() {
        target.closeIdle(0);
        Eventually.eventually(
                Duration.ofSeconds(5),
                () -> assertThat(buffers.getLeaks()).as(buffers.dumpLeaks()).isEmpty());
        client.close();
        assertThat(pool.offences).as("tasks that Jetty ran on its pool").isEmpty();
    }

    /** Lets Jetty start and stop, and notes everything it wants to run in between. */
    private static final class StrictPool extends QueuedThreadPool {
        private final List<String> offences = new java.util.concurrent.CopyOnWriteArrayList<>();
        private volatile boolean started;

        StrictPool() {
            super(4, 1);
            setDaemon(true);
        }

        @Override
        public void execute(Runnable task) {
            if (started && isRunning()) {
                offences.add(task + " by " + Thread.currentThread());
            }
            super.execute(task);
        }

        @Override
        public boolean tryExecute(Runnable task) {
            if (started && isRunning()) {
                throw new RejectedExecutionException("nothing of a call runs here: " + task);
            }
            return super.tryExecute(task);
        }
    }
}
