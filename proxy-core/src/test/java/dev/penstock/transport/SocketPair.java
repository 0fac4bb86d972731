// SPDX-License-Identifier: Apache-2.0
package dev.penstock.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Two ends of one TCP connection. Immutable. */
record SocketPair(Socket near, Socket far) implements AutoCloseable {
    static SocketPair open() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Socket near = new Socket(InetAddress.getLoopbackAddress(), listener.getLocalPort());
            Socket far = listener.accept();
            near.setTcpNoDelay(true);
            far.setTcpNoDelay(true);
            return new SocketPair(near, far);
        }
    }

    @Override
    public void close() throws IOException {
        near.close();
        far.close();
    }
}
