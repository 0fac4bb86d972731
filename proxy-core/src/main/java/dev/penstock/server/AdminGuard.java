// SPDX-License-Identifier: Apache-2.0
package dev.penstock.server;

import dev.penstock.config.AdminConfig;
import dev.penstock.config.Secret;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Who may use the admin listener. The health checks are open to all. With a token, everything else needs it as a bearer
 * credential, compared in constant time. Without one, which only a loopback address may go without, whoever is on this
 * machine is let in, but not a web page in a browser on it: the {@code Host} must name the loopback (a rebound DNS name
 * does not), and an {@code Origin}, if there is one, must be this listener's own. Immutable.
 */
final class AdminGuard {
    private static final Set<String> OPEN = Set.of("/livez", "/readyz");
    private static final String SCHEME = "bearer ";
    private static final Pattern LOOPBACK =
            Pattern.compile("(localhost|([a-z0-9-]+\\.)+localhost|127(\\.[0-9]{1,3}){3}|\\[::1])(:[0-9]{1,5})?");

    private final Optional<Secret> token;

    private AdminGuard(Optional<Secret> token) {
        this.token = token;
    }

    /** Refuses a configuration that would open the controls to the network. */
    static AdminGuard of(AdminConfig config) throws IOException {
        var listen = config.listen();
        if (config.token().isEmpty() && !listen.loopback()) {
            throw new IOException("admin: " + listen + " is not a loopback address, so admin.token must be set");
        }
        return new AdminGuard(config.token());
    }

    /** The refusal, if the request is to be refused; header values are empty when there was no such header. */
    Optional<AdminReply> check(String path, String authorization, String host, String origin) {
        if (OPEN.contains(path)) {
            return Optional.empty();
        }
        return token.isPresent() ? checkToken(token.get(), authorization) : checkLocal(host, origin);
    }

    private static Optional<AdminReply> checkToken(Secret token, String authorization) {
        if (authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)
                && Secret.of(authorization.substring(SCHEME.length()).strip()).equals(token)) {
            return Optional.empty();
        }
        return Optional.of(AdminReply.error(401, "a bearer token is needed")
                .with("WWW-Authenticate", "Bearer realm=\"penstock-admin\""));
    }

    private static Optional<AdminReply> checkLocal(String host, String origin) {
        var name = host.toLowerCase(Locale.ROOT);
        // Only HTTP/1.0 goes without a Host, and no browser speaks it.
        if (!name.isEmpty() && !LOOPBACK.matcher(name).matches()) {
            return Optional.of(AdminReply.error(403, "the Host header must name the loopback"));
        }
        if (!origin.isEmpty() && !origin.toLowerCase(Locale.ROOT).equals("http://" + name)) {
            return Optional.of(AdminReply.error(403, "requests of other origins are refused"));
        }
        return Optional.empty();
    }
}
