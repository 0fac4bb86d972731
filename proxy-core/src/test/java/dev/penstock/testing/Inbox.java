// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What a connection's reader thread has read and the script has not taken yet. A thread always sits in a read, which is how a
 * departure is seen at once, whatever the script is doing; it stops at a small bound, so that a peer feels back-pressure.
 * Guarded by this: all fields.
 */
final class Inbox extends InputStream {
    private static final int BOUND = 256 << 10;

    private final Deque<byte[]> blocks = new ArrayDeque<>();
    private int offset;
    private int buffered;
    private boolean paused;
    private boolean ended;
    private boolean left;

    /** Waits until the reader may read on. */
    synchronized void awaitRoom() throws InterruptedException {
        while ((paused || buffered > BOUND) && !ended) {
            wait();
        }
    }

    synchronized void offer(byte[] block) {
        blocks.add(block);
        buffered += block.length;
        notifyAll();
    }

    synchronized void pause() {
        paused = true;
    }

    synchronized void resume() {
        paused = false;
        notifyAll();
    }

    /** We close the connection ourselves: what the reader sees from now on is our doing. */
    synchronized void leave() {
        left = true;
    }

    synchronized boolean hasLeft() {
        return left;
    }

    synchronized void end() {
        ended = true;
        notifyAll();
    }

    @Override
    public synchronized int available() {
        return buffered;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public synchronized int read(byte[] target, int off, int len) throws IOException {
        while (blocks.isEmpty() && !ended) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
        byte[] block = blocks.peek();
        if (block == null) {
            return -1;
        }
        int n = Math.min(len, block.length - offset);
        System.arraycopy(block, offset, target, off, n);
        offset += n;
        buffered -= n;
        if (offset == block.length) {
            blocks.remove();
            offset = 0;
        }
        notifyAll();
        return n;
    }
}
