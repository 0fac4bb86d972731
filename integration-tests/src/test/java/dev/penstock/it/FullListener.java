// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A listener whose queue of connections is full, so that another one gets no answer at all. Confined to one thread. */
final class FullListener implements AutoCloseable {
    private static final int REMOTE = 2;
    private static final int STATE = 3;
    private static final String SYN_SENT = "02";

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

    /** How many connections to it are still waiting for an answer, as this machine's table of sockets says. */
    long dialling() throws IOException {
        String port = ":%04X".formatted(server.getLocalPort());
        long count = 0;
        for (String table : List.of("tcp", "tcp6")) {
            try (Stream<String> lines = Files.lines(Path.of("/proc/net", table))) {
                count += lines.map(line -> line.strip().split(" +"))
                        .filter(fields -> fields[REMOTE].endsWith(port) && fields[STATE].equals(SYN_SENT))
                        .count();
            }
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : waiting) {
            socket.close();
        }
        server.close();
    }
}
