// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.mock;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The mock, listening: one virtual thread per connection. Thread-safe: its state is a concurrent set of open connections. */
public final class MockServer implements AutoCloseable {

    private static final int BACKLOG = 4096;

    private final ServerSocket listener;
    private final MockSettings settings;
    private final MockEndpoints endpoints = new MockEndpoints(InstantSource.system());
    private final Consumer<String> log;
    private final AtomicLong ids = new AtomicLong();
    private final Set<MockClient> clients = ConcurrentHashMap.newKeySet();

    private MockServer(ServerSocket listener, MockSettings settings, Consumer<String> log) {
        this.listener = listener;
        this.settings = settings;
        this.log = log;
    }

    /**
     * Binds, and serves until it is closed.
     *
     * @param log called on a connection's thread with one line for each answer
     * @throws IOException if the address cannot be bound
     */
    public static MockServer start(InetSocketAddress address, MockSettings settings, Consumer<String> log)
            throws IOException {
        ServerSocket listener = new ServerSocket();
        try {
            listener.setReuseAddress(true);
            listener.bind(address, BACKLOG);
        } catch (IOException cannotBind) {
            listener.close();
            throw cannotBind;
        }
        MockServer server = new MockServer(listener, settings, log);
        Thread.ofVirtual().name("mock-accept").start(server::accept);
        return server;
    }

    /** The address it listens on, with the real port. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** Connections that are open now. A client that left is not counted any more as soon as the mock has noticed. */
    public int openConnections() {
        return clients.size();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                serve(listener.accept());
            } catch (IOException closedOrBroken) {
                if (!listener.isClosed()) {
                    log.accept("a connection was not accepted: " + closedOrBroken.getMessage());
                }
            }
        }
    }

    private void serve(Socket socket) throws IOException {
        MockClient client = new MockClient(socket);
        clients.add(client);
        MockConnection connection = new MockConnection(client, settings, endpoints, ids, log);
        Thread.ofVirtual().name("mock-client").start(() -> {
            try {
                connection.run();
            } finally {
                clients.remove(client);
            }
        });
        if (listener.isClosed()) {
            client.close();
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException alreadyClosed) {
            // Nothing more can be done about a listener than to close it.
        }
        clients.forEach(MockClient::close);
    }
}
