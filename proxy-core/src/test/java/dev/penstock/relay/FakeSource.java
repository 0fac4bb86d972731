// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * A source that gives what it was told to, one piece for each read, out of one array that it overwrites each time, as a real one
 * does; then ends, or fails. Whoever waits with a timeout gets nothing in that time. Confined to one thread.
 */
final class FakeSource implements ChunkSource {
    private static final int MARGIN = 3;

    private final Deque<byte[]> pieces = new ArrayDeque<>();
    private byte[] shared = new byte[0];
    private Optional<RuntimeException> failure = Optional.empty();
    private int reads;

    static FakeSource of(String... pieces) {
        return of(Arrays.stream(pieces).map(piece -> piece.getBytes(UTF_8)).toList());
    }

    static FakeSource of(List<byte[]> pieces) {
        var source = new FakeSource();
        source.pieces.addAll(pieces);
        return source;
    }

    /** The bytes in two pieces, cut there. */
    static FakeSource cut(byte[] bytes, int at) {
        var source = new FakeSource();
        source.add(Arrays.copyOfRange(bytes, 0, at));
        source.add(Arrays.copyOfRange(bytes, at, bytes.length));
        return source;
    }

    private void add(byte[] piece) {
        if (piece.length > 0) {
            pieces.add(piece);
        }
    }

    FakeSource failing(RuntimeException with) {
        failure = Optional.of(with);
        return this;
    }

    @Override
    public Optional<ByteBuffer> read(long timeoutMillis) {
        if (timeoutMillis > 0) {
            return Optional.of(ByteBuffer.allocate(0));
        }
        reads++;
        Arrays.fill(shared, (byte) '?');
        if (pieces.isEmpty()) {
            failure.ifPresent(with -> {
                throw with;
            });
            return Optional.empty();
        }
        byte[] piece = pieces.remove();
        shared = shared.length < piece.length + 2 * MARGIN ? new byte[piece.length + 2 * MARGIN] : shared;
        System.arraycopy(piece, 0, shared, MARGIN, piece.length);
        return Optional.of(ByteBuffer.wrap(shared, MARGIN, piece.length));
    }

    int reads() {
        return reads;
    }
}
