// SPDX-License-Identifier: Apache-2.0
package dev.penstock.transport;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;

/**
 * The writing half of a blocking socket: writes everything or throws. Small buffers that belong together (a chunk's size, its
 * content) leave in one system call.
 *
 * <p>Thread-safe: written by the connection's owner alone; {@link #blockedSince} is read by the clocks.
 */
final class SocketOutput {
    private static final int PIECE = 32 * 1024;
    private static final long NOT_WRITING = 0;

    private final OutputStream out;

    /** When the write in progress began, or last made progress; or 0. Written by the owner, read by the watchdog of the clocks. */
    private volatile long writingSince = NOT_WRITING;

    SocketOutput(Socket socket) throws IOException {
        this.out = socket.getOutputStream();
    }

    void write(ByteBuffer... buffers) throws IOException {
        writingSince = System.nanoTime() | 1;
        try {
            if (buffers.length == 1 && buffers[0].hasArray()) {
                writeArray(buffers[0]);
            } else {
                gather(buffers);
            }
        } finally {
            writingSince = NOT_WRITING;
        }
    }

    /** The {@link System#nanoTime} at which the write in progress last made progress, or 0 when nobody is writing. */
    long blockedSince() {
        return writingSince;
    }

    private void writeArray(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            int n = Math.min(PIECE, buffer.remaining());
            out.write(buffer.array(), buffer.arrayOffset() + buffer.position(), n);
            buffer.position(buffer.position() + n);
            progressed();
        }
    }

    private void gather(ByteBuffer[] buffers) throws IOException {
        byte[] piece = new byte[(int) Math.min(PIECE, remaining(buffers))];
        int filled = 0;
        for (ByteBuffer buffer : buffers) {
            while (buffer.hasRemaining()) {
                int n = Math.min(piece.length - filled, buffer.remaining());
                buffer.get(piece, filled, n);
                filled += n;
                if (filled == piece.length) {
                    out.write(piece, 0, filled);
                    progressed();
                    filled = 0;
                }
            }
        }
        if (filled > 0) {
            out.write(piece, 0, filled);
        }
    }

    private void progressed() {
        writingSince = System.nanoTime() | 1;
    }

    private static long remaining(ByteBuffer[] buffers) {
        long sum = 0;
        for (ByteBuffer buffer : buffers) {
            sum += buffer.remaining();
        }
        return sum;
    }
}
