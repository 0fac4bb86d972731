// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.Optional;

/** The listener for operators. Immutable. */
@Shorthand("listen")
public record AdminConfig(
        @Doc(value = "Host and port; anything but loopback needs a token.", standard = "127.0.0.1:9901")
        HostPort listen,

        @Doc(
                value = "Bearer token that every admin request but the health checks must carry.",
                example = "${ADMIN_TOKEN}")
        Optional<Secret> token) {

    public static AdminConfig defaults() {
        return Defaults.of(AdminConfig.class);
    }
}
