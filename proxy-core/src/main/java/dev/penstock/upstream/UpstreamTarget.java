// SPDX-License-Identifier: Apache-2.0
package dev.penstock.upstream;

import dev.penstock.config.UpstreamTlsConfig;
import dev.penstock.transport.BlockingTransport;
import dev.penstock.transport.ClientTls;
import dev.penstock.transport.Dial;
import dev.penstock.transport.Pem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * One place to send requests to, and the idle connections that lead there. One per instance, living as long as it does.
 *
 * <p>Thread-safe: immutable, but for the pool, which guards itself.
 */
public final class UpstreamTarget implements AutoCloseable {
    private final URI url;
    private final URI origin;
    private final String hostHeader;
    private final Dial.Target dialTarget;
    private final BlockingTransport transport = new BlockingTransport();
    private final IdleConnections idle = new IdleConnections();

    /**
     * A target with the system's trust or a configured authority.
     *
     * @param address one of the addresses that the URL's host has; the name stays what is asked for and verified
     */
    public static UpstreamTarget of(URI url, Optional<InetAddress> address, UpstreamTlsConfig tls) throws IOException {
        SSLContext context = tls.ca().isPresent() ? Pem.trusting(tls.ca().get()) : Pem.systemTrust();
        return new UpstreamTarget(url, address, new ClientTls(context, tls.serverName()));
    }

    /** A target at whatever address the URL's host has. */
    public UpstreamTarget(URI url, ClientTls tls) {
        this(url, Optional.empty(), tls);
    }

    /**
     * A target for a URL with scheme http or https. Only its scheme, host and port count: a request brings its whole path.
     *
     * @param address where to connect, if not to any address of the host
     * @param tls used when the scheme is https
     */
    UpstreamTarget(URI url, Optional<InetAddress> address, ClientTls tls) {
        this.url = Objects.requireNonNull(url, "url");
        boolean secure = url.getScheme().equals("https");
        int usualPort = secure ? 443 : 80;
        int port = url.getPort() >= 0 ? url.getPort() : usualPort;
        String authority = url.getHost() + (port == usualPort ? "" : ":" + port);
        this.hostHeader = authority;
        this.origin = URI.create(url.getScheme() + "://" + authority + "/");
        String host = withoutBrackets(url.getHost());
        ClientTls named = new ClientTls(tls.context(), tls.serverName().or(() -> Optional.of(host)));
        this.dialTarget = new Dial.Target(
                address.map(InetAddress::getHostAddress).orElse(host),
                port,
                secure ? Optional.of(named) : Optional.empty());
    }

    public URI url() {
        return url;
    }

    /** Connections kept for reuse. */
    public int idleConnections() {
        return idle.size();
    }

    /** Closes the idle connections, now and as they come back. Calls under way go on. */
    @Override
    public void close() {
        idle.close();
    }

    /** Closes the idle connections that were not used for this long; 0 closes them all. */
    public void closeIdle(long olderThanNanos) {
        idle.closeOlderThan(olderThanNanos);
    }

    /** The URL without path. */
    URI origin() {
        return origin;
    }

    /** The URL's host, and its port where it is not the usual one. */
    String hostHeader() {
        return hostHeader;
    }

    Dial.Target dialTarget() {
        return dialTarget;
    }

    BlockingTransport transport() {
        return transport;
    }

    IdleConnections idle() {
        return idle;
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
