// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Objects;

/**
 * A configuration value that must not be seen: a key, a token, a password.
 *
 * <p>Use it as the type of a component of your configuration record; core's binder fills it from a YAML scalar
 * (also {@code ${ENV}} and {@code ${file:...}}) and never prints it.
 *
 * <pre>{@code
 * record GuardConfig(URI service, Secret token) {}
 * request.header("authorization", "Bearer " + config.token().reveal());
 * }</pre>
 *
 * <p>Immutable.
 */
public final class Secret {

    private final String value;

    private Secret(String value) {
        this.value = Objects.requireNonNull(value, "value");
    }

    /** Wraps a value. */
    public static Secret of(String value) {
        return new Secret(value);
    }

    /** The value itself. Never log what this returns. */
    public String reveal() {
        return value;
    }

    /** Whether the candidate is this secret, in a time that does not depend on where they differ. */
    public boolean matches(String candidate) {
        return MessageDigest.isEqual(
                value.getBytes(StandardCharsets.UTF_8), candidate.getBytes(StandardCharsets.UTF_8));
    }

    /** Equal to a secret of the same value. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && matches(secret.value);
    }

    /** The same for every secret, so that a hash gives nothing away. */
    @Override
    public int hashCode() {
        return Secret.class.hashCode();
    }

    /** A mask; never the value. */
    @Override
    public String toString() {
        return "******";
    }
}
