// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A value that is never printed. Immutable. */
public final class Secret {
    /** What is shown in its place. */
    public static final String MASK = "***";

    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    public static Secret of(String value) {
        return new Secret(value);
    }

    /** The value itself, for the one place that sends or compares it. */
    public String reveal() {
        return value;
    }

    /** In time that does not depend on where two secrets differ. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Secret that && MessageDigest.isEqual(utf8(value), utf8(that.value));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return MASK;
    }
}
