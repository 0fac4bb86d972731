// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.keyauth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A key as the configuration may hold it: {@code sha256:} and 64 hexadecimal digits, as {@code penstock keys hash} prints them.
 * A key is long and random, so one round without a salt is enough; it would not be for a password.
 *
 * <p>Immutable.
 */
final class KeyHash {
    private static final Pattern FORM = Pattern.compile("sha256:[0-9a-fA-F]{64}");
    private static final String PREFIX = "sha256:";

    private final byte[] digest;

    private KeyHash(byte[] digest) {
        this.digest = digest;
    }

    /** @throws IllegalArgumentException without the text in its message, which may be a key by mistake */
    static KeyHash parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "must be sha256: and 64 hexadecimal digits; penstock keys hash prints them");
        }
        return new KeyHash(HexFormat.of().parseHex(text, PREFIX.length(), text.length()));
    }

    static KeyHash of(String key) {
        try {
            return new KeyHash(MessageDigest.getInstance("SHA-256").digest(key.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** In a time that does not depend on where they differ. */
    boolean matches(KeyHash other) {
        return MessageDigest.isEqual(digest, other.digest);
    }

    /** Never the digits. */
    @Override
    public String toString() {
        return PREFIX + "...";
    }
}
