// SPDX-License-Identifier: Apache-2.0
package dev.penstock.transport;

import dev.penstock.testing.Pause;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Passes TLS records from one client to a server, whole, until it is told to cut one: half of it arrives, and then the end, or the
 * rest after a while. Thread-safe: volatile orders, two pumping threads.
 */
public final class CuttingProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final int target;
    private final Way there = new Way();
    private final Way back = new Way();

    /** What becomes of the next record. Written by the test, read by the pump. */
    private static final class Way {
        private volatile boolean cut;
        private volatile Duration pause = Duration.ZERO;
    }

    private CuttingProxy(ServerSocket listener, int target) {
        this.listener = listener;
        this.target = target;
    }

    /** In front of a port of loopback, for one connection. */
    public static CuttingProxy to(int target) throws IOException {
        var proxy = new CuttingProxy(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()), target);
        Thread.startVirtualThread(proxy::run);
        return proxy;
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Half of the client's next record, and then the end. */
    public void cutNextRecordShort() {
        there.cut = true;
    }

    /** Half of the server's next record, and then the end. */
    public void cutNextAnswerShort() {
        back.cut = true;
    }

    /** Half of the client's next record, and the rest after a while. */
    public void pauseInsideNextRecord(Duration time) {
        there.pause = time;
    }

    /** Half of the server's next record, and the rest after a while. */
    public void pauseInsideNextAnswer(Duration time) {
        back.pause = time;
    }

    private void run() {
        try (Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Thread answers = Thread.startVirtualThread(() -> pump(server, client, back));
            pump(client, server, there);
            answers.join();
        } catch (IOException | InterruptedException e) {
            return;
        }
    }

    private static void pump(Socket from, Socket to, Way way) {
        try {
            var in = new DataInputStream(from.getInputStream());
            boolean goOn = true;
            while (goOn) {
                goOn = record(in, to.getOutputStream(), way);
            }
        } catch (IOException e) {
            // The end of a connection is the end of its pumps.
            return;
        } finally {
            Sockets.close(to);
            Sockets.close(from);
        }
    }

    private static boolean record(DataInputStream in, OutputStream out, Way way) throws IOException {
        byte[] header = header(in);
        byte[] whole = new byte[5 + ByteBuffer.wrap(header).getShort(3)];
        System.arraycopy(header, 0, whole, 0, 5);
        in.readFully(whole, 5, whole.length - 5);
        int half = whole.length / 2;
        if (way.cut) {
            out.write(whole, 0, half);
            return false;
        }
        if (!way.pause.isZero()) {
            Duration pause = way.pause;
            way.pause = Duration.ZERO;
            out.write(whole, 0, half);
            Pause.of(pause);
            out.write(whole, half, whole.length - half);
            return true;
        }
        out.write(whole);
        return true;
    }

    private static byte[] header(InputStream in) throws IOException {
        byte[] header = in.readNBytes(5);
        if (header.length < 5) {
            throw new EOFException();
        }
        return header;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
