// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * A body whose head does not say what it is. It is read ahead until its first bytes show whether it is an event stream, and gives
 * out every byte from its first all the same.
 *
 * <p>Confined to the stream thread.
 */
public final class BodyStart implements ChunkSource {
    private static final String BYTE_ORDER_MARK = "\u00EF\u00BB\u00BF";
    private static final List<String> FIELDS = List.of("data:", "event:", ":", "id:", "retry:");

    private final ChunkSource source;
    private final RelayProgress progress;
    private final ByteArrayOutputStream ahead = new ByteArrayOutputStream();

    /** @param progress is told of bytes and of waiting, for the clocks and the account */
    public BodyStart(ChunkSource source, RelayProgress progress) {
        this.source = source;
        this.progress = progress;
    }

    /** Blocks until enough has come to tell; a body that ends before is none. */
    public boolean isEventStream() {
        try {
            while (mayBecomeOne()) {
                Optional<ByteBuffer> chunk = readAhead();
                if (chunk.isEmpty()) {
                    return false;
                }
                ByteBuffer bytes = chunk.get();
                ahead.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
                progress.aheadReceived();
            }
        } finally {
            progress.aheadDone();
        }
        String text = text();
        return FIELDS.stream().anyMatch(text::startsWith);
    }

    private Optional<ByteBuffer> readAhead() {
        long since = progress.waiting();
        Optional<ByteBuffer> chunk = source.read(0);
        progress.waited(since);
        return chunk;
    }

    /** Whether what has come is only part of a byte order mark or of a field's name. */
    private boolean mayBecomeOne() {
        String text = text();
        return BYTE_ORDER_MARK.startsWith(text)
                || FIELDS.stream().anyMatch(field -> field.startsWith(text) && field.length() > text.length());
    }

    /** The first line, or some more; without a whole byte order mark. */
    private String text() {
        String text = ahead.toString(ISO_8859_1);
        return text.startsWith(BYTE_ORDER_MARK) ? text.substring(BYTE_ORDER_MARK.length()) : text;
    }

    @Override
    public Optional<ByteBuffer> read(long timeoutMillis) {
        if (ahead.size() == 0) {
            return source.read(timeoutMillis);
        }
        ByteBuffer bytes = ByteBuffer.wrap(ahead.toByteArray());
        ahead.reset();
        return Optional.of(bytes);
    }
}
