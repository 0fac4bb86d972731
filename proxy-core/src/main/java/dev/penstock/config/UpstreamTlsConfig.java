// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.nio.file.Path;
import java.util.Optional;

/** TLS towards a cluster's https instances; host names are always verified. Immutable. */
public record UpstreamTlsConfig(
        @Doc(
                value = "PEM file with the authorities to trust, instead of the system's; relative to this file.",
                example = "tls/ca.crt")
        Optional<Path> ca,

        @Doc(value = "Name to ask for (SNI) and to verify, instead of the URL's host.", example = "models.internal")
        Optional<String> serverName) {

    public static UpstreamTlsConfig defaults() {
        return Defaults.of(UpstreamTlsConfig.class);
    }
}
