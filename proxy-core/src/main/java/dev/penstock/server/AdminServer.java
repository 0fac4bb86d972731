// SPDX-License-Identifier: Apache-2.0
package dev.penstock.server;

import dev.penstock.config.AdminConfig;
import dev.penstock.metrics.ProxyMetrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operators' listener: a Jetty server of its own on a few platform threads, so that health, metrics and controls
 * answer while every carrier is busy with streams. It serves {@code /livez}, {@code /readyz}, {@code /metrics} and
 * the endpoints it is given; who may use them is {@link AdminGuard}'s to say.
 *
 * <p>Thread-safe: it is complete once started, and closing is Jetty's own synchronised stop.
 */
public final class AdminServer implements AutoCloseable {
    /** The largest request body in bytes. */
    public static final int MAX_BODY = 64 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    private static final int THREADS = 8;
    private static final int CONNECTIONS = 256;
    private static final int HEAD_BYTES = 8 * 1024;
    private static final int IDLE_MILLIS = 10_000;
    private static final int CROWDED_IDLE_MILLIS = 500;

    private final Server server;

    private final InetSocketAddress address;

    private AdminServer(Server server, InetSocketAddress address) {
        this.server = server;
        this.address = address;
    }

    /**
     * Binds and answers, or throws with nothing left open.
     *
     * @param unready why the proxy should get no new requests now, empty if it should
     * @throws IOException if the address cannot be bound, or is open to the network without a token
     */
    public static AdminServer start(
            AdminConfig config, ProxyMetrics metrics, Supplier<Optional<String>> unready, List<AdminEndpoint> endpoints)
            throws IOException {
        var all = new ArrayList<>(endpoints);
        all.add(AdminEndpoint.get("/livez", _ -> AdminReply.text(200, "ok")));
        all.add(AdminEndpoint.get("/readyz", _ -> readiness(unready.get())));
        all.add(AdminEndpoint.get("/metrics", call -> scrape(metrics, call)));
        return open(build(config, new AdminHandler(AdminGuard.of(config), new AdminRoutes(all))));
    }

    /** Where it listens; the port is the real one even if 0 was configured. */
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public void close() {
        stop(server);
    }

    private static AdminServer open(ServerConnector connector) throws IOException {
        var server = connector.getServer();
        try {
            connector.open(); // first, because it says what is wrong with an address in one exception
            server.start();
        } catch (Exception e) {
            connector.close();
            stop(server);
            throw e instanceof IOException failure ? failure : new IOException("the admin listener did not start", e);
        }
        return new AdminServer(server, new InetSocketAddress(connector.getHost(), connector.getLocalPort()));
    }

    private static void stop(Server server) {
        try {
            server.stop();
        } catch (Exception e) {
            LOG.warn("the admin listener did not stop cleanly: {}", e.toString());
        }
    }

    private static ServerConnector build(AdminConfig config, AdminHandler handler) {
        var pool = new QueuedThreadPool(THREADS, 1);
        pool.setName("admin");
        pool.setDaemon(true);
        pool.setReservedThreads(0);
        var server = new Server(pool);
        var connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http()));
        connector.setHost(config.listen().host());
        connector.setPort(config.listen().port());
        connector.setIdleTimeout(IDLE_MILLIS);
        server.addConnector(connector);
        server.addBean(limit(connector));
        server.setHandler(handler);
        server.setErrorHandler(new AdminErrors());
        return connector;
    }

    /** When all are taken, those that do nothing have to make room at once. */
    private static NetworkConnectionLimit limit(ServerConnector connector) {
        var limit = new NetworkConnectionLimit(CONNECTIONS, connector);
        limit.setEndPointIdleTimeout(CROWDED_IDLE_MILLIS);
        return limit;
    }

    private static HttpConfiguration http() {
        var http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setRequestHeaderSize(HEAD_BYTES);
        http.setResponseHeaderSize(HEAD_BYTES);
        return http;
    }

    private static AdminReply readiness(Optional<String> reason) {
        return reason.map(why -> AdminReply.text(503, why)).orElseGet(() -> AdminReply.text(200, "ok"));
    }

    private static AdminReply scrape(ProxyMetrics metrics, AdminCall call) {
        var exposition = metrics.render(call.accept());
        return new AdminReply(200, exposition.contentType(), exposition.text());
    }
}
