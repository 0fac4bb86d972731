// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import java.nio.ByteBuffer;

/** Where the bytes to the client go. A port: the server's sink is the only writer to a client. */
@FunctionalInterface
public interface ClientSink {
    /**
     * Writes and flushes; blocks while the client does not read. When it returns the bytes are the kernel's.
     *
     * @throws ClientGoneException when the connection is broken, by the client or by one of our clocks
     */
    void write(ByteBuffer bytes);
}
