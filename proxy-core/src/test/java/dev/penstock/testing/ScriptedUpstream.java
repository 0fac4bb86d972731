// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A model server that does exactly what its scripts say, on a plain server socket with a virtual thread per connection, and that
 * remembers every byte it received and every departure it saw. Thread-safe: concurrent collections and atomics; the playbook is
 * volatile, written by the test and read by connection threads.
 */
public final class ScriptedUpstream implements AutoCloseable {
    private final ServerSocket server;
    private final AtomicLong connectionNumbers = new AtomicLong();
    private final Set<UpstreamConnection> connections = ConcurrentHashMap.newKeySet();
    private final Queue<Exchange> exchanges = new ConcurrentLinkedQueue<>();
    private final Queue<RecordedRequest> abandoned = new ConcurrentLinkedQueue<>();
    private final AtomicInteger live = new AtomicInteger();
    private final AtomicInteger highWater = new AtomicInteger();
    private volatile Playbook playbook;

    private ScriptedUpstream(ServerSocket server, Playbook playbook) {
        this.server = server;
        this.playbook = requireNonNull(playbook, "playbook");
    }

    /** Starts on a free port of the loopback interface. */
    public static ScriptedUpstream start(Playbook playbook) {
        try {
            return startOn(new ServerSocket(0, 4096, InetAddress.getLoopbackAddress()), playbook);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts one that plays the same script for every request. */
    public static ScriptedUpstream start(Script script) {
        return start(request -> script);
    }

    /** Starts on a server socket of the caller's making, for instance one that speaks TLS. */
    public static ScriptedUpstream startOn(ServerSocket server, Playbook playbook) {
        var upstream = new ScriptedUpstream(server, playbook);
        Thread.ofVirtual().name("scripted-upstream-" + server.getLocalPort()).start(upstream::acceptAll);
        return upstream;
    }

    private void acceptAll() {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                socket.setTcpNoDelay(true);
                long number = connectionNumbers.incrementAndGet();
                var connection = new UpstreamConnection(this, number, socket);
                connections.add(connection);
                Thread.ofVirtual().name("scripted-connection-" + number).start(connection::run);
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    public int port() {
        return server.getLocalPort();
    }

    public String url() {
        return "http://127.0.0.1:" + port();
    }

    /** Plays by this book from the next request on. */
    public void play(Playbook next) {
        playbook = requireNonNull(next, "next");
    }

    public void play(Script script) {
        play(request -> script);
    }

    Playbook playbook() {
        return playbook;
    }

    void began(Exchange exchange) {
        exchanges.add(exchange);
        highWater.accumulateAndGet(live.incrementAndGet(), Math::max);
    }

    void finished(Exchange exchange) {
        live.decrementAndGet();
    }

    void abandoned(RecordedRequest request) {
        abandoned.add(request);
    }

    void closed(UpstreamConnection connection) {
        connections.remove(connection);
    }

    /** Everything received so far, in order of arrival. */
    public List<Exchange> exchanges() {
        return List.copyOf(exchanges);
    }

    public List<RecordedRequest> requests() {
        return exchanges.stream().map(Exchange::request).toList();
    }

    /** Requests whose body broke off: what had arrived of them. */
    public List<RecordedRequest> abandonedRequests() {
        return List.copyOf(abandoned);
    }

    /** Waits until at least so many requests have arrived; gives them all. */
    public List<Exchange> awaitExchanges(int count, Duration limit) {
        Eventually.eventually(limit, () -> {
            if (exchanges.size() < count) {
                throw new AssertionError(exchanges.size() + " requests arrived, waiting for " + count);
            }
        });
        return exchanges();
    }

    /** The only exchange there has been; waits for it. */
    public Exchange awaitOnlyExchange() {
        List<Exchange> all = awaitExchanges(1, Duration.ofSeconds(5));
        if (all.size() != 1) {
            throw new AssertionError("expected one request, got " + all);
        }
        return all.getFirst();
    }

    /** Streams whose script plays right now. */
    public int liveStreams() {
        return live.get();
    }

    /** The most streams that ever were live at once since the last call of {@link #forget()}. */
    public int liveStreamsHighWater() {
        return highWater.get();
    }

    /** Connections that are open, idle ones included. */
    public int liveConnections() {
        return connections.size();
    }

    /** Connections that are open with a script playing or a request arriving on them. */
    public int busyConnections() {
        return (int) connections.stream().filter(c -> !c.isIdle()).count();
    }

    public long connectionsAccepted() {
        return connectionNumbers.get();
    }

    /** Forgets what was recorded and starts the high-water mark afresh. */
    public void forget() {
        exchanges.clear();
        abandoned.clear();
        highWater.set(live.get());
    }

    /** Closes every connection, with the listener left open. */
    public void dropConnections() {
        connections.forEach(UpstreamConnection::close);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        dropConnections();
    }
}
