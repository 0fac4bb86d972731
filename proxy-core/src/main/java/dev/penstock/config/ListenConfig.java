// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.time.Duration;
import java.util.Optional;

/** The listener for clients. Immutable. */
@Shorthand("address")
public record ListenConfig(
        @Doc(value = "Host and port; port 0 takes any free one.", standard = "127.0.0.1:8080", example = "0.0.0.0:8443")
        HostPort address,

        @Doc(value = "Serve TLS with this certificate.", standard = "off")
        Optional<ServerTlsConfig> tls,

        @Doc(value = "Let several workers share the port (SO_REUSEPORT).", standard = "false")
        boolean reusePort,

        @Doc(value = "Connections open at once; more wait in the kernel's queue.", standard = "off", example = "20000")
        Optional<Integer> maxConnections,

        @Doc(value = "How long an idle client connection is kept.", standard = "60s")
        Optional<Duration> keepAlive) {

    public static ListenConfig defaults() {
        return Defaults.of(ListenConfig.class);
    }
}
