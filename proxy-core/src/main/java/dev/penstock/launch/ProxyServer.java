// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import dev.penstock.config.ConfigException;
import dev.penstock.config.LoadedConfig;
import dev.penstock.config.PenstockConfig;
import dev.penstock.server.AdminServer;
import dev.penstock.server.JettyServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running proxy. {@link #start} either returns one or throws after closing everything it had opened, in reverse.
 *
 * <p>Up: metrics, clusters and health, upstream client, clocks, admin, listener last. Down ({@link #drain}, then
 * {@link #close}): unready, no new streams, wait, cancel the rest, listener, admin, clocks, health, client.
 *
 * <p>Thread-safe: everything may be called from any thread; closing twice is harmless.
 */
public final class ProxyServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyServer.class);

    private final Rooms rooms;
    private final JettyServer server;
    private final AdminServer admin;
    private final Drain drain;
    private final Reloader reloader;

    /** Closed when the proxy goes down; empty when nothing is watched. Written and read by whoever starts and stops. */
    private volatile Optional<ConfigWatch> watch = Optional.empty();

    private ProxyServer(Rooms rooms, Reloader reloader, JettyServer server, AdminServer admin) {
        this.rooms = rooms;
        this.reloader = reloader;
        this.server = server;
        this.admin = admin;
        this.drain = new Drain(rooms);
    }

    /** Starts a proxy whose configuration stays as it is; when this returns it serves. */
    public static ProxyServer start(LoadedConfig loaded, Surroundings surroundings) throws IOException {
        return start(loaded, surroundings, ConfigSource.none());
    }

    /** Starts a proxy with what the source has given; {@link #reload} asks the source again. When this returns it serves. */
    public static ProxyServer start(LoadedConfig loaded, Surroundings surroundings, ConfigSource source)
            throws IOException {
        PenstockConfig config = loaded.config();
        Rooms rooms = Rooms.open(loaded, surroundings);
        try {
            Reloader reloader = new Reloader(rooms, source);
            rooms.metrics().configLastReloadSuccessful(() -> reloader.status().successful());
            JettyServer server = JettyServer.bind(config, rooms::exchanges, rooms::config);
            reloader.alsoPreparing(server::prepare);
            try {
                AdminServer admin = AdminServer.start(
                        config.admin(), rooms.metrics(), rooms::unready, AdminPages.of(rooms, reloader));
                return started(rooms, reloader, server, admin);
            } catch (Throwable e) {
                server.close();
                throw e;
            }
        } catch (Throwable e) {
            rooms.close();
            throw e;
        }
    }

    private static ProxyServer started(Rooms rooms, Reloader reloader, JettyServer server, AdminServer admin)
            throws IOException {
        try {
            server.start();
            rooms.ready();
            return new ProxyServer(rooms, reloader, server, admin);
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

    /**
     * Reads the configuration again and puts it in force, whole, or refuses it and changes nothing: live streams end under the
     * old one either way. One at a time.
     *
     * @param trigger who asked, for the log
     */
    public ReloadResult reload(String trigger) {
        return reloader.reload(trigger);
    }

    /** Is told of each configuration that a reload has put in force, on the thread that reloads. */
    public void onReload(Consumer<PenstockConfig> listener) {
        reloader.listener(listener);
    }

    /** Reloads from now on when a file of the configuration has changed, unless it can be read only once. */
    public synchronized void watch() {
        Optional<ConfigException> readOnce = reloader.source().readOnce();
        if (readOnce.isPresent()) {
            LOG.info("the configuration is not watched: {}", readOnce.get().getMessage());
        } else if (watch.isEmpty()) {
            watch = Optional.of(ConfigWatch.start(reloader));
        }
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
        watch.ifPresent(ConfigWatch::close);
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
