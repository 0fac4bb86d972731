// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

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

    private final ReadAhead ahead;
    private final RelayProgress progress;

    /** @param progress is told of bytes and of waiting, for the clocks and the account */
    public BodyStart(ChunkSource source, RelayProgress progress) {
        this.ahead = new ReadAhead(source);
        this.progress = progress;
    }

    /** Blocks until enough has come to tell; a body that ends before is none. */
    public boolean isEventStream() {
        try {
            while (mayBecomeOne()) {
                long since = progress.waiting();
                boolean more = ahead.more().isPresent();
                progress.waited(since);
                if (!more) {
                    return false;
                }
                progress.aheadReceived();
            }
        } finally {
            progress.aheadDone();
        }
        String text = text();
        return FIELDS.stream().anyMatch(text::startsWith);
    }

    /** Whether what has come is only part of a byte order mark or of a field's name. */
    private boolean mayBecomeOne() {
        String text = text();
        return BYTE_ORDER_MARK.startsWith(text)
                || FIELDS.stream().anyMatch(field -> field.startsWith(text) && field.length() > text.length());
    }

    /** The first line, or some more; without a whole byte order mark. */
    private String text() {
        String text = ahead.text(ISO_8859_1);
        return text.startsWith(BYTE_ORDER_MARK) ? text.substring(BYTE_ORDER_MARK.length()) : text;
    }

    @Override
    public Optional<ByteBuffer> read(long timeoutMillis) {
        return ahead.read(timeoutMillis);
    }
}
