// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A client that keeps every write; it may leave before one of them. Confined to one thread. */
final class FakeSink implements ClientSink {
    private final List<byte[]> writes = new ArrayList<>();
    private int leavesBefore = Integer.MAX_VALUE;
    private Runnable onWrite = () -> {};

    /** Leaves when so many writes have been taken. */
    FakeSink leavingAfter(int taken) {
        leavesBefore = taken;
        return this;
    }

    FakeSink onWrite(Runnable action) {
        onWrite = action;
        return this;
    }

    @Override
    public void write(ByteBuffer bytes) {
        if (writes.size() >= leavesBefore) {
            throw new ClientGoneException(new IllegalStateException("left"));
        }
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        writes.add(copy);
        onWrite.run();
    }

    List<String> writes() {
        return writes.stream().map(write -> new String(write, UTF_8)).toList();
    }

    byte[] all() {
        var all = new ByteArrayOutputStream();
        writes.forEach(all::writeBytes);
        return all.toByteArray();
    }

    String text() {
        return new String(all(), UTF_8);
    }
}
