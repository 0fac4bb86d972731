// SPDX-License-Identifier: Apache-2.0
package dev.penstock.transport;

import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How to speak TLS to a model server. Immutable.
 *
 * @param context trust in the system's store, or in a configured authority
 * @param serverName the name to ask for (SNI) and to verify, when it is not the host of the URL
 */
public record ClientTls(SSLContext context, Optional<String> serverName) {
    public ClientTls {
        Objects.requireNonNull(context, "context");
        Objects.requireNonNull(serverName, "serverName");
    }
}
