// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.mock;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One client's connection. Waiting is done by reading: a pause ends early, with {@link ClientLeftException}, when the client
 * closes or resets, so that an answer nobody reads stops at once, as a good model server's does. Confined to the connection's
 * thread, except {@link #close()}, which anybody may call.
 */
final class MockClient implements AutoCloseable {

    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_WAIT_MILLIS = TimeUnit.HOURS.toMillis(1);

    private final Socket socket;
    private final InputStream in;
    private final byte[] buffer = new byte[16 * 1024];
    private int position;
    private int limit;

    MockClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        socket.setTcpNoDelay(true);
    }

    /** The next byte, or -1 at the end. */
    int read() throws IOException {
        if (position == limit) {
            position = 0;
            limit = Math.max(0, in.read(buffer));
        }
        return position == limit ? -1 : buffer[position++] & 0xff;
    }

    /**
     * All of the next {@code length} bytes.
     *
     * @throws ClientLeftException if the client closes before that
     */
    byte[] read(int length) throws IOException {
        byte[] bytes = new byte[length];
        int buffered = Math.min(length, limit - position);
        System.arraycopy(buffer, position, bytes, 0, buffered);
        position += buffered;
        if (in.readNBytes(bytes, buffered, length - buffered) < length - buffered) {
            throw new ClientLeftException("the client left inside its request");
        }
        return bytes;
    }

    /** Sends all of it before it returns; blocks while the client does not read. */
    void write(byte[] bytes) throws ClientLeftException {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException failed) {
            throw new ClientLeftException(failed);
        }
    }

    /** Waits until {@link System#nanoTime()} reaches the deadline, or until the client leaves. */
    void pauseUntil(long deadline) throws ClientLeftException {
        long left = deadline - System.nanoTime();
        while (left > 0) {
            if (left >= NANOS_PER_MILLI && limit < buffer.length) {
                watch(Math.min(left / NANOS_PER_MILLI, LONGEST_WAIT_MILLIS));
            } else {
                LockSupport.parkNanos(left);
            }
            left = deadline - System.nanoTime();
        }
    }

    /** Says nothing until the client leaves. */
    void stall() throws ClientLeftException {
        while (true) {
            pauseUntil(System.nanoTime() + TimeUnit.DAYS.toNanos(1));
        }
    }

    /** Bytes that come meanwhile are the next request's and are kept. */
    private void watch(long millis) throws ClientLeftException {
        try {
            socket.setSoTimeout((int) millis);
            int read = in.read(buffer, limit, buffer.length - limit);
            socket.setSoTimeout(0);
            if (read < 0) {
                throw new ClientLeftException("the client closed its side");
            }
            limit += read;
        } catch (SocketTimeoutException stillThere) {
            forgetTimeout();
        } catch (ClientLeftException left) {
            throw left;
        } catch (IOException failed) {
            throw new ClientLeftException(failed);
        }
    }

    private void forgetTimeout() throws ClientLeftException {
        try {
            socket.setSoTimeout(0);
        } catch (IOException closed) {
            throw new ClientLeftException(closed);
        }
    }

    /** Ends with RST instead of FIN. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    boolean closed() {
        return socket.isClosed();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException alreadyBroken) {
            // A socket that cannot be closed is closed enough: its descriptor is released either way.
        }
    }
}
