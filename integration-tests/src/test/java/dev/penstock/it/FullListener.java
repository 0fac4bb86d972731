// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** A listener whose queue of connections is full, so that another one gets no answer at all. Confined to one thread. */
final class FullListener implements AutoCloseable {
    private final ServerSocket server;
    private final List<Socket> waiting = new ArrayList<>();

    FullListener() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        while (waiting.size() < 20) {
            if (!fits()) {
                return;
            }
        }
    }

    private boolean fits() throws IOException {
        var socket = new Socket();
        waiting.add(socket);
        try {
            socket.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()), 200);
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : waiting) {
            socket.close();
        }
        server.close();
    }
}
