// SPDX-License-Identifier: Apache-2.0
package dev.penstock.upstream;

import dev.penstock.transport.ClientTls;
import dev.penstock.transport.Dial;
import java.net.URI;
import java.util.Objects;
import java.util.Optional;

/**
 * One place to send requests to, and the idle connections that lead there. One per instance, living as long as it does.
 *
 * <p>Thread-safe: immutable, but for the pool, which guards itself.
 */
public final class UpstreamTarget {
    private final URI url;
    private final Dial.Target dialTarget;
    private final IdleConnections idle = new IdleConnections();

    /**
     * A target for a base URL with scheme http or https; a path of the URL is put before the path of each request.
     *
     * @param tls used when the scheme is https
     */
    public UpstreamTarget(URI url, ClientTls tls) {
        this.url = Objects.requireNonNull(url, "url");
        boolean secure = url.getScheme().equals("https");
        int port = url.getPort() >= 0 ? url.getPort() : secure ? 443 : 80;
        this.dialTarget = new Dial.Target(host(url), port, secure ? Optional.of(tls) : Optional.empty());
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

    Dial.Target dialTarget() {
        return dialTarget;
    }

    IdleConnections idle() {
        return idle;
    }

    private static String host(URI url) {
        String host = url.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
