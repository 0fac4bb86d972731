// SPDX-License-Identifier: Apache-2.0
package dev.penstock.transport;

import java.io.IOException;
import java.net.Socket;

/**
 * The ways to end a TCP socket under whoever is blocked on it. None can fail in a way that matters: the socket is gone.
 *
 * <p>Thread-safe: without state.
 */
final class Sockets {
    private Sockets() {}

    /** Lets what was written arrive; then FIN. */
    static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            return;
        }
    }

    /** Lets what was written arrive, then FIN, and reads on. */
    static void endOutput(Socket socket) {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            return;
        }
    }

    /** Throws away what was written, in RST. */
    static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // Closed by somebody else already.
            return;
        } finally {
            close(socket);
        }
    }
}
