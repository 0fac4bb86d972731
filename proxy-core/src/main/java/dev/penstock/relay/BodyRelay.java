// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Collects a body that is no event stream, whole, because plugins want to see it as one event. A body beyond the bound is handed
 * on as it came so far, for whoever called to decide.
 *
 * <p>Confined to the stream thread.
 */
public final class BodyRelay {
    private final ChunkSource source;
    private final RelayProgress progress;
    private final long bound;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    public BodyRelay(ChunkSource source, RelayProgress progress, long bound) {
        this.source = source;
        this.progress = progress;
        this.bound = bound;
    }

    /** Blocks until the body has ended; false when it is larger than the bound, of which the rest is still unread. */
    public boolean collect() {
        while (body.size() <= bound) {
            long since = progress.waiting();
            Optional<ByteBuffer> chunk = source.read(0);
            long now = progress.waited(since);
            if (chunk.isEmpty()) {
                return true;
            }
            ByteBuffer bytes = chunk.get();
            progress.received(bytes.remaining(), now);
            body.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        }
        return false;
    }

    /** What has been collected. */
    public byte[] bytes() {
        return body.toByteArray();
    }
}
