// SPDX-License-Identifier: Apache-2.0
package dev.penstock.upstream;

import dev.penstock.config.UpstreamTlsConfig;
import dev.penstock.transport.ClientTls;
import dev.penstock.transport.Pem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Whom connections to a cluster believe: the authorities of a file as it was when it was read, or the system's. Immutable; equal
 * only to itself.
 */
public final class UpstreamTrust {
    private final ClientTls tls;
    private final byte[] authorities;

    private UpstreamTrust(ClientTls tls, byte[] authorities) {
        this.tls = tls;
        this.authorities = authorities;
    }

    /** Reads the file, if one is configured; fails when nobody could be trusted with it. */
    public static UpstreamTrust read(UpstreamTlsConfig config) throws IOException {
        Optional<Path> file = config.ca();
        byte[] authorities = file.isPresent() ? Files.readAllBytes(file.get()) : new byte[0];
        var context = file.isPresent() ? Pem.trusting(file.get()) : Pem.systemTrust();
        return new UpstreamTrust(new ClientTls(context, config.serverName()), authorities);
    }

    /** Whether both came from the same bytes; the settings are the caller's to compare. */
    public boolean isSame(UpstreamTrust other) {
        return Arrays.equals(authorities, other.authorities);
    }

    /**
     * A target for a base URL whose server is believed as this says.
     *
     * @param address one of the addresses that the URL's host has, if it is to be that one
     */
    public UpstreamTarget target(URI url, Optional<InetAddress> address) {
        return new UpstreamTarget(url, address, tls);
    }
}
