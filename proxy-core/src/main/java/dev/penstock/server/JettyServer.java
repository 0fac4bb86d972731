// SPDX-License-Identifier: Apache-2.0
package dev.penstock.server;

import dev.penstock.config.ConfigProblems;
import dev.penstock.config.ListenConfig;
import dev.penstock.config.Origin;
import dev.penstock.config.PenstockConfig;
import dev.penstock.config.ServerTlsConfig;
import dev.penstock.exchange.Exchanges;
import dev.penstock.transport.BlockingConnector;
import dev.penstock.transport.ConnectionThreads;
import dev.penstock.transport.Pem;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * The clients' listener: Jetty's HTTP/1.1 over our blocking connector.
 *
 * <pre>
 * Server
 *  └ BlockingConnector ─ ConnectionLoop, a virtual thread per connection
 *     └ HttpConnection ─ Jetty's parser and generator
 *        └ StreamHandler ─ one exchange at a time
 * </pre>
 *
 * <p>Thread-safe: started and closed by the launcher's thread.
 */
public final class JettyServer implements AutoCloseable {
    private static final int SEND_BUFFER = 128 * 1024;
    private static final int HEAD_BYTES = 32 * 1024;
    private static final int DEFAULT_MOST_CONNECTIONS = 100_000;
    private static final Duration FOREVER = Duration.ofDays(365);

    private final Server server;
    private final BlockingConnector connector;
    private final InetSocketAddress address;

    private JettyServer(Server server, BlockingConnector connector, InetSocketAddress address) {
        this.server = server;
        this.connector = connector;
        this.address = address;
    }

    /** Takes the port. Nothing is served before {@link #start}. */
    public static JettyServer bind(
            PenstockConfig config, Supplier<Exchanges> exchanges, Supplier<PenstockConfig> current) throws IOException {
        Server server = new Server(new ConnectionThreads());
        StreamIds ids = new StreamIds();
        ProtocolErrors errors = new ProtocolErrors(exchanges, ids);
        server.setErrorHandler(errors);
        server.setStopTimeout(0);
        BlockingConnector connector = new BlockingConnector(server, http(), settings(config, errors::lateHead));
        server.addConnector(connector);
        PeerAddress peers = new PeerAddress(() -> current.get().trustedProxies());
        server.setHandler(new StreamHandler(exchanges, ids, peers));
        return new JettyServer(server, connector, connector.bind());
    }

    public void start() throws IOException {
        try {
            server.start();
        } catch (Exception e) {
            close();
            throw new IOException("the server did not start: " + e.getMessage(), e);
        }
    }

    public InetSocketAddress address() {
        return address;
    }

    /**
     * Reads a certificate that may have been renewed in its place, and gives what puts it in force.
     *
     * @throws dev.penstock.config.ConfigException if it cannot be used
     */
    public Runnable prepare(PenstockConfig next) {
        ConfigProblems problems = new ConfigProblems();
        Optional<SSLContext> fresh = certificate(next.listen(), problems);
        problems.throwIfAny();
        return () -> fresh.ifPresent(connector::renew);
    }

    private static Optional<SSLContext> certificate(ListenConfig listen, ConfigProblems problems) {
        try {
            return tls(listen);
        } catch (IOException e) {
            problems.error(
                    new Origin.Outside("listen.tls"),
                    "listen.tls.certificate",
                    Optional.ofNullable(e.getMessage()).orElse("cannot be read"));
            return Optional.empty();
        }
    }

    /** Stops accepting connections and frees the port; what is open goes on. Idempotent. */
    public void stopAccepting() throws IOException {
        connector.stopAccepting();
    }

    @Override
    public void close() {
        try {
            connector.stopAccepting();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } finally {
            LifeCycle.stop(server);
        }
    }

    private static HttpConnectionFactory http() {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendDateHeader(true);
        http.setRequestHeaderSize(HEAD_BYTES);
        // What is taken from a model server has to go through here too, with what is added to it.
        http.setMaxResponseHeaderSize(128 * 1024);
        http.setUseInputDirectByteBuffers(false);
        http.setUseOutputDirectByteBuffers(false);
        // A bare line feed ends no header line: parsers that disagree about it disagree about where a request ends.
        http.setHttpCompliance(
                HttpCompliance.RFC9110.without("penstock", HttpCompliance.Violation.LF_HEADER_TERMINATION));
        return new NoUpgrades(http);
    }

    private static BlockingConnector.Settings settings(PenstockConfig config, BlockingConnector.LateHead lateHead)
            throws IOException {
        ListenConfig listen = config.listen();
        return new BlockingConnector.Settings(
                new InetSocketAddress(listen.address().host(), listen.address().port()),
                tls(listen),
                listen.reusePort(),
                listen.maxConnections().orElse(DEFAULT_MOST_CONNECTIONS),
                SEND_BUFFER,
                listen.keepAlive().orElse(FOREVER),
                config.stream().timeouts().requestHead().orElse(FOREVER),
                lateHead);
    }

    private static Optional<SSLContext> tls(ListenConfig listen) throws IOException {
        if (listen.tls().isEmpty()) {
            return Optional.empty();
        }
        ServerTlsConfig tls = listen.tls().get();
        return Optional.of(Pem.server(tls.certificate(), tls.key()));
    }
}
