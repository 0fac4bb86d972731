// SPDX-License-Identifier: Apache-2.0
package dev.penstock.upstream;

import dev.penstock.config.UpstreamTlsConfig;
import dev.penstock.transport.BlockingTransport;
import dev.penstock.transport.ClientTls;
import dev.penstock.transport.Dial;
import dev.penstock.transport.Pem;
import java.io.IOException;
import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * One place to send requests to, and the idle connections that lead there. One per instance, living as long as it does.
 *
 * <p>Thread-safe: immutable, but for the pool, which guards itself.
 */
public final class UpstreamTarget {
    private final URI url;
    private final URI origin;
    private final String basePath;
    private final String hostHeader;
    private final Dial.Target dialTarget;
    private final BlockingTransport transport = new BlockingTransport();
    private final IdleConnections idle = new IdleConnections();

    /** A target for a base URL of scheme http or https, with the system's trust or a configured authority. */
    public static UpstreamTarget of(URI url, UpstreamTlsConfig tls) throws IOException {
        SSLContext context = tls.ca().isPresent() ? Pem.trusting(tls.ca().get()) : Pem.systemTrust();
        return new UpstreamTarget(url, new ClientTls(context, tls.serverName()));
    }

    /**
     * A target for a base URL with scheme http or https; a path of the URL is put before the path of each request.
     *
     * @param tls used when the scheme is https
     */
    public UpstreamTarget(URI url, ClientTls tls) {
        this.url = Objects.requireNonNull(url, "url");
        boolean secure = url.getScheme().equals("https");
        String authority = url.getHost() + (url.getPort() >= 0 ? ":" + url.getPort() : "");
        int usualPort = secure ? 443 : 80;
        int port = url.getPort() >= 0 ? url.getPort() : usualPort;
        this.hostHeader = port == usualPort ? url.getHost() : authority;
        this.origin = URI.create(url.getScheme() + "://" + authority + "/");
        this.basePath = withoutLastSlash(url.getRawPath());
        this.dialTarget =
                new Dial.Target(withoutBrackets(url.getHost()), port, secure ? Optional.of(tls) : Optional.empty());
    }

    public URI url() {
        return url;
    }

    /** Connections kept for reuse. */
    public int idleConnections() {
        return idle.size();
    }

    /** Closes the idle connections that were not used for this long; 0 closes them all. */
    public void closeIdle(long olderThanNanos) {
        idle.closeOlderThan(olderThanNanos);
    }

    /** The URL without path. */
    URI origin() {
        return origin;
    }

    /** What comes before the path of a request: empty, or {@code /some/path}. */
    String basePath() {
        return basePath;
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

    private static String withoutLastSlash(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
