// SPDX-License-Identifier: Apache-2.0
package dev.penstock.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Thousands of connections that say nothing. The client's ends live in this process too and are part of what is measured. */
class IdleConnectionsMemoryTest {
    private static final int WANTED = 5000;
    private static final long GENEROUS = 32 * 1024;
    private static final byte[] REQUEST =
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}".getBytes(US_ASCII);

    private final List<SocketChannel> clients = new ArrayList<>();

    @AfterEach
    void closeClients() throws IOException {
        for (SocketChannel client : clients) {
            client.close();
        }
    }

    @Test
    void holdsThousandsOfIdleConnectionsInLittleMemory() throws Exception {
        try (TestServer server = TestServer.start(served -> served.answer(served.body()))) {
            int count = affordable();
            SocketChannel first = open(server);
            exchange(first);
            exchange(first);
            long heap = heap();
            long resident = resident();
            for (int i = 0; i < count; i++) {
                SocketChannel client = open(server);
                exchange(client);
                exchange(client);
            }
            server.awaitConnections(count + 1);
            long heapEach = (heap() - heap) / count;
            System.out.printf(
                    "%d idle connections: %d bytes of heap and %d of resident memory each, both ends%n",
                    count, heapEach, (resident() - resident) / count);
            assertThat(heapEach).isLessThan(GENEROUS);
            for (SocketChannel client : clients) {
                exchange(client);
            }
        }
    }

    /** Both ends of a connection are descriptors of this process. */
    private static int affordable() {
        var system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long free = system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount() - 200;
        return (int) Math.min(WANTED, free / 2);
    }

    private SocketChannel open(TestServer server) throws IOException {
        SocketChannel client =
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        clients.add(client);
        return client;
    }

    private static void exchange(SocketChannel client) throws IOException {
        client.write(ByteBuffer.wrap(REQUEST));
        ByteBuffer answer = ByteBuffer.allocate(1000);
        while (!new String(answer.array(), 0, answer.position(), US_ASCII).endsWith("\r\n\r\n{}")) {
            assertThat(client.read(answer)).isPositive();
        }
        assertThat(new String(answer.array(), 0, answer.position(), US_ASCII)).startsWith("HTTP/1.1 200");
    }

    private static long heap() {
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        System.gc();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** The second number of statm is pages in memory. */
    private static long resident() throws IOException {
        Path statm = Path.of("/proc/self/statm");
        if (!Files.exists(statm)) {
            return 0;
        }
        try (var numbers = new Scanner(statm, US_ASCII)) {
            numbers.nextLong();
            return numbers.nextLong() * 4096;
        }
    }
}
