// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import dev.penstock.config.LoadedConfig;
import dev.penstock.config.PenstockConfig;
import dev.penstock.server.AdminServer;
import dev.penstock.server.JettyServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * A running proxy. {@link #start} either returns one or throws after closing everything it had opened, in reverse.
 *
 * <p>Up: metrics, clusters and health, upstream client, clocks, admin, listener last. Down ({@link #drain}, then
 * {@link #close}): unready, no new streams, wait, cancel the rest, listener, admin, clocks, health, client.
 *
 * <p>Thread-safe: start, drain and close may be called from any thread; closing twice is harmless.
 */
public final class ProxyServer implements AutoCloseable {
    private final Rooms rooms;
    private final JettyServer server;
    private final AdminServer admin;
    private final Drain drain;

    private ProxyServer(Rooms rooms, JettyServer server, AdminServer admin) {
        this.rooms = rooms;
        this.server = server;
        this.admin = admin;
        this.drain = new Drain(rooms);
    }

    /** Starts a proxy; when this returns it serves. */
    public static ProxyServer start(LoadedConfig loaded, Surroundings surroundings) throws IOException {
        PenstockConfig config = loaded.config();
        Rooms rooms = Rooms.open(loaded, surroundings);
        try {
            JettyServer server = JettyServer.bind(config, rooms::exchanges, rooms::config);
            try {
                AdminServer admin =
                        AdminServer.start(config.admin(), rooms.metrics(), rooms::unready, AdminPages.of(rooms));
                return started(rooms, server, admin);
            } catch (Throwable e) {
                server.close();
                throw e;
            }
        } catch (Throwable e) {
            rooms.close();
            throw e;
        }
    }

    private static ProxyServer started(Rooms rooms, JettyServer server, AdminServer admin) throws IOException {
        try {
            server.start();
            rooms.ready();
            return new ProxyServer(rooms, server, admin);
        } catch (Throwable e) {
            admin.close();
            throw e;
        }
    }

    /** Where clients connect; with a port of 0 in the configuration, the port that was found. */
    public InetSocketAddress listenAddress() {
        return server.address();
    }

    public InetSocketAddress adminAddress() {
        return admin.address();
    }

    /** Which generation of the configuration is in force, counted from 1. */
    public long generation() {
        return rooms.generation().number();
    }

    /**
     * Goes down politely, blocking until that is done: unready at once, still serving for the drain delay, then refusing new
     * requests while the live streams go on until the deadline; the rest is ended with an error event. Call {@link #close} after.
     */
    public void drain() throws InterruptedException {
        drain.run();
    }

    /** Ends what is left, at once. */
    @Override
    public void close() {
        drain.endAll();
        server.close();
        admin.close();
        rooms.close();
    }

    /** Why the proxy does not take requests, if it does not. */
    public Optional<String> unready() {
        return rooms.unready();
    }
}
