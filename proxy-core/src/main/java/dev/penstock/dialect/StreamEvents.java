// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Frames JSON of our own making as events. It has no line ends, so one line of data is enough.
 *
 * <p>Immutable.
 */
final class StreamEvents {
    private StreamEvents() {}

    static byte[] unnamed(String json) {
        return ("data: " + json + "\n\n").getBytes(UTF_8);
    }

    static byte[] named(String name, String json) {
        return text(name, json).getBytes(UTF_8);
    }

    static String text(String name, String json) {
        return "event: " + name + "\ndata: " + json + "\n\n";
    }
}
