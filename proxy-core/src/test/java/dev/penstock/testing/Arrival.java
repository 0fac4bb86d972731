// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Body bytes that one read of the socket gave, without framing, and when (nanoTime). Immutable (nobody writes to the array). */
public final class Arrival {
    private final byte[] bytes;
    private final long atNanos;

    Arrival(byte[] bytes, long atNanos) {
        this.bytes = bytes;
        this.atNanos = atNanos;
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    public int length() {
        return bytes.length;
    }

    public long atNanos() {
        return atNanos;
    }

    public String text() {
        return new String(bytes, UTF_8);
    }
}
