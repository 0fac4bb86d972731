// SPDX-License-Identifier: Apache-2.0
package dev.penstock.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Eventually;
import dev.penstock.testing.RawHttpClient;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;

/** Jetty over a blocking connector with one small blocking handler. Thread-safe: concurrent queues; the rest is set at the start. */
final class TestServer implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(10);
    private static final String LATE_HEAD =
            "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

    private final ArrayByteBufferPool.Tracking buffers = new ArrayByteBufferPool.Tracking();
    private final Server server;
    private final BlockingConnector connector;
    private final InetSocketAddress address;
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    /** What to do with a request; an exception fails it. */
    @FunctionalInterface
    interface Action {
        void serve(Served served) throws Exception;
    }

    /** How to listen, for tests. */
    record Options(
            Optional<SSLContext> tls,
            int port,
            boolean reusePort,
            int maxConnections,
            int sendBuffer,
            Duration keepAlive,
            Duration head) {
        Options() {
            this(Optional.empty(), 0, true, 10_000, 64 * 1024, Duration.ofSeconds(60), Duration.ofSeconds(10));
        }

        Options tls(SSLContext context) {
            return new Options(Optional.of(context), port, reusePort, maxConnections, sendBuffer, keepAlive, head);
        }

        Options port(int shared) {
            return new Options(tls, shared, reusePort, maxConnections, sendBuffer, keepAlive, head);
        }

        Options exclusive() {
            return new Options(tls, port, false, maxConnections, sendBuffer, keepAlive, head);
        }

        Options maxConnections(int most) {
            return new Options(tls, port, reusePort, most, sendBuffer, keepAlive, head);
        }

        Options keepAlive(Duration time) {
            return new Options(tls, port, reusePort, maxConnections, sendBuffer, time, head);
        }

        Options head(Duration time) {
            return new Options(tls, port, reusePort, maxConnections, sendBuffer, keepAlive, time);
        }
    }

    static TestServer start(Action action) throws Exception {
        return new TestServer(new Options(), action);
    }

    TestServer(Options options, Action action) throws Exception {
        server = new Server(new ConnectionThreads());
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                try {
                    action.serve(new Served(request, response));
                    callback.succeeded();
                } catch (Throwable e) {
                    failures.add(e);
                    callback.failed(e);
                }
                return true;
            }
        });
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setUseInputDirectByteBuffers(false);
        http.setUseOutputDirectByteBuffers(false);
        http.setOutputBufferSize(4096);
        connector = new BlockingConnector(
                server,
                new HttpConnectionFactory(http),
                buffers,
                new BlockingConnector.Settings(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), options.port()),
                        options.tls(),
                        options.reusePort(),
                        options.maxConnections(),
                        options.sendBuffer(),
                        options.keepAlive(),
                        options.head(),
                        client -> LATE_HEAD.getBytes(US_ASCII)));
        address = connector.bind();
        server.addConnector(connector);
        server.start();
    }

    int port() {
        return address.getPort();
    }

    RawHttpClient connect() {
        return RawHttpClient.connect(port());
    }

    int openConnections() {
        return connector.getConnectedEndPoints().size();
    }

    void awaitConnections(int count) {
        Eventually.eventually(SOON, () -> assertThat(openConnections()).isEqualTo(count));
    }

    BlockingConnector connector() {
        return connector;
    }

    /** What handlers threw. */
    List<Throwable> failures() {
        return List.copyOf(failures);
    }

    void stop() {
        LifeCycle.stop(server);
    }

    /** Stops, and insists that every buffer was given back. */
    @Override
    public void close() {
        stop();
        Eventually.eventually(
                SOON,
                () -> assertThat(buffers.getLeaks()).as(buffers.dumpLeaks()).isEmpty());
    }
}
