// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;

/** A standard output whose reader has stopped reading, until it is released. Thread-safe: the bytes are synchronized. */
final class StalledStream extends OutputStream {
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

    void awaitStall() throws InterruptedException {
        entered.await();
    }

    void release() {
        released.countDown();
    }

    String text() {
        synchronized (taken) {
            return taken.toString(UTF_8);
        }
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        entered.countDown();
        try {
            released.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        synchronized (taken) {
            taken.write(bytes, offset, length);
        }
    }
}
