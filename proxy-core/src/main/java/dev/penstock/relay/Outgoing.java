// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What one read has made ready for the client. Blocks that stand side by side in the chunk leave as one slice of it, without
 * a copy; only what was held from an earlier read, or rewritten, is copied together.
 *
 * <p>Confined to the stream thread.
 */
final class Outgoing {
    private final List<byte[]> copied = new ArrayList<>();
    private byte[] chunk = new byte[0];
    private int from;
    private int to;
    private int copiedLength;

    /** Begins with a chunk; slices of its array may be kept as slices until {@link #take}. */
    void begin(byte[] array) {
        chunk = array;
        from = 0;
        to = 0;
    }

    /** Adds the block's own bytes. */
    @SuppressWarnings("ReferenceEquality") // Whether the block lies in the chunk itself, not whether it reads the same.
    void add(SseEvent event) {
        if (event.rawArray() == chunk && (from == to || event.rawOffset() == to)) {
            from = from == to ? event.rawOffset() : from;
            to = event.rawOffset() + event.rawLength();
        } else {
            add(event.rawBytes());
        }
    }

    /** Adds bytes that are not the chunk's. */
    void add(byte[] bytes) {
        if (bytes.length == 0) {
            return;
        }
        keepSlice();
        copied.add(bytes);
        copiedLength += bytes.length;
    }

    /** Forgets what was gathered. */
    void discard() {
        from = to;
        copied.clear();
        copiedLength = 0;
    }

    boolean isEmpty() {
        return from == to && copied.isEmpty();
    }

    /** Hands out what has been gathered, in order, as one buffer. */
    ByteBuffer take() {
        if (copied.isEmpty()) {
            ByteBuffer slice = ByteBuffer.wrap(chunk, from, to - from);
            from = to;
            return slice;
        }
        keepSlice();
        ByteBuffer all = ByteBuffer.allocate(copiedLength);
        copied.forEach(all::put);
        copied.clear();
        copiedLength = 0;
        return all.flip();
    }

    private void keepSlice() {
        if (to > from) {
            byte[] slice = new byte[to - from];
            System.arraycopy(chunk, from, slice, 0, slice.length);
            copied.add(slice);
            copiedLength += slice.length;
            from = to;
        }
    }
}
