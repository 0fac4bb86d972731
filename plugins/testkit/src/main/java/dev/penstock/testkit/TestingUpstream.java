// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A model server on a free port of this machine that streams the same events to whoever asks, and then {@code [DONE]}, as a chat
 * completion. It keeps the bodies that it was sent.
 *
 * <p>Thread-safe: a concurrent queue; the rest does not change.
 */
public final class TestingUpstream implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Queue<String> bodies = new ConcurrentLinkedQueue<>();
    private final List<String> events;
    private final CountDownLatch gate;

    private TestingUpstream(HttpServer server, List<String> events, CountDownLatch gate) {
        this.gate = gate;
        this.server = server;
        this.events = List.copyOf(events);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
    }

    /** Streams these, each the data of one event. */
    public static TestingUpstream streaming(List<String> events) throws IOException {
        return start(events, new CountDownLatch(0));
    }

    /** Says nothing until the gate is opened. */
    static TestingUpstream waiting(CountDownLatch gate) throws IOException {
        return start(List.of(), gate);
    }

    private static TestingUpstream start(List<String> events, CountDownLatch gate) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        var upstream = new TestingUpstream(server, events, gate);
        server.start();
        return upstream;
    }

    /** Where it is, without a path. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The bodies of the requests so far, in their order. */
    public List<String> bodies() {
        return List.copyOf(bodies);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            gate.await();
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                for (String event : events) {
                    out.write(("data: " + event + "\n\n").getBytes(UTF_8));
                    out.flush();
                }
                out.write("data: [DONE]\n\n".getBytes(UTF_8));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
