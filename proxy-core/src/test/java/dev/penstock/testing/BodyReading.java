// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import java.io.ByteArrayOutputStream;
import java.net.ProtocolException;
import java.util.Optional;

/** Where the reading of one response body stands. Confined to the thread that reads. */
final class BodyReading {
    private final Optional<ChunkedDecoder> chunks;
    private final boolean counted;
    private long remaining;
    private Optional<BodyEnd> end = Optional.empty();

    BodyReading(MessageHead head, boolean noBody) {
        chunks = head.isChunked() ? Optional.of(new ChunkedDecoder()) : Optional.empty();
        counted = head.contentLength().isPresent();
        remaining = head.contentLength().orElse(0L);
        if (noBody) {
            end(BodyEnd.NO_BODY);
        } else if (chunks.isEmpty() && counted && remaining == 0) {
            end(BodyEnd.COUNTED);
        }
    }

    boolean ended() {
        return end.isPresent();
    }

    Optional<BodyEnd> end() {
        return end;
    }

    void end(BodyEnd how) {
        end = Optional.of(how);
    }

    void connectionEnded() {
        end(chunks.isPresent() || counted ? BodyEnd.CUT : BodyEnd.END_OF_CONNECTION);
    }

    /** Takes body bytes out of what was read; gives the number of bytes that belonged to this response. */
    int take(byte[] bytes, int length, ByteArrayOutputStream out) throws ProtocolException {
        if (chunks.isPresent()) {
            int used = chunks.get().feed(bytes, length, out);
            if (chunks.get().done()) {
                end(BodyEnd.FINAL_CHUNK);
            }
            return used;
        }
        if (!counted) {
            out.write(bytes, 0, length);
            return length;
        }
        int used = (int) Math.min(remaining, length);
        out.write(bytes, 0, used);
        remaining -= used;
        if (remaining == 0) {
            end(BodyEnd.COUNTED);
        }
        return used;
    }
}
