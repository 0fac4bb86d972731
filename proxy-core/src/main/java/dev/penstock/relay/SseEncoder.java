// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/**
 * Writes events of our own: replaced by a plugin, heartbeats, errors. Nothing that a caller puts into the data can
 * become a field or an event of its own.
 *
 * <p>Immutable.
 */
public final class SseEncoder {
    private static final byte[] DATA = "data: ".getBytes(US_ASCII);
    private static final byte[] EVENT = "event: ".getBytes(US_ASCII);
    private static final byte[] ID = "id: ".getBytes(US_ASCII);

    private SseEncoder() {}

    /** An event without a name. */
    public static byte[] event(byte[] data) {
        var out = new ByteArrayOutputStream(data.length + 16);
        data(out, data);
        return end(out);
    }

    /** An event with a name. */
    public static byte[] event(String name, byte[] data) {
        var out = new ByteArrayOutputStream(data.length + 64);
        field(out, EVENT, name);
        data(out, data);
        return end(out);
    }

    /** An event with a name and an id. */
    public static byte[] event(String name, byte[] data, String id) {
        var out = new ByteArrayOutputStream(data.length + 96);
        field(out, EVENT, name);
        field(out, ID, id);
        data(out, data);
        return end(out);
    }

    /**
     * A comment that keeps a connection from looking idle. Once a stream has carried an id, some clients dispatch an empty
     * event at every blank line, so the comment then comes without one. Both forms are safe only between two events.
     */
    public static byte[] heartbeat(boolean seenId) {
        return (seenId ? ": \n" : ": \n\n").getBytes(US_ASCII);
    }

    private static void field(ByteArrayOutputStream out, byte[] field, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\r' || c == '\n' || c == 0) {
                throw new IllegalArgumentException("an event's name or id cannot contain a line end or NUL");
            }
        }
        out.writeBytes(field);
        out.writeBytes(value.getBytes(UTF_8));
        out.write('\n');
    }

    private static void data(ByteArrayOutputStream out, byte[] data) {
        int at = 0;
        while (true) {
            int lineEnd = LineEnds.next(data, at, data.length);
            out.writeBytes(DATA);
            out.write(data, at, lineEnd - at);
            out.write('\n');
            if (lineEnd == data.length) {
                return;
            }
            at = LineEnds.after(data, lineEnd, data.length);
        }
    }

    private static byte[] end(ByteArrayOutputStream out) {
        out.write('\n');
        return out.toByteArray();
    }
}
