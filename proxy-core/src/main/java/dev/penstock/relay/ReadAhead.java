// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.Optional;

/**
 * The start of a body that is read before it is relayed, and given out again from its first byte.
 *
 * <p>Confined to one thread at a time.
 */
final class ReadAhead implements ChunkSource {
    private final ChunkSource source;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    ReadAhead(ChunkSource source) {
        this.source = source;
    }

    /** Blocks for the next bytes and keeps them; absent at the end of the body. */
    Optional<ByteBuffer> more() {
        Optional<ByteBuffer> chunk = source.read(0);
        chunk.ifPresent(bytes -> kept.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining()));
        return chunk;
    }

    int size() {
        return kept.size();
    }

    String text(Charset charset) {
        return kept.toString(charset);
    }

    @Override
    public Optional<ByteBuffer> read(long timeoutMillis) {
        if (kept.size() == 0) {
            return source.read(timeoutMillis);
        }
        ByteBuffer bytes = ByteBuffer.wrap(kept.toByteArray());
        kept.reset();
        return Optional.of(bytes);
    }
}
