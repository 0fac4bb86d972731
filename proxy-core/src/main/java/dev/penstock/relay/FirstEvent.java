// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import dev.penstock.dialect.EventKind;
import dev.penstock.dialect.StreamInspector;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A body that is read ahead until its first event is whole, so that it is known whether there is one, and that gives out every
 * byte from its first all the same.
 *
 * <p>Confined to one thread at a time: whoever reads ahead hands it over to whoever relays.
 */
public final class FirstEvent implements ChunkSource {
    private final ReadAhead ahead;
    private final SseParser parser;
    private final StreamInspector inspector;
    private final RelayProgress progress;
    private final long most;
    private Optional<EventKind> first = Optional.empty();

    /**
     * @param inspector one of its own: the relay will show the same event to another
     * @param maxEventBytes when this has come without an event, comments included, nothing more is read ahead
     * @param progress is told of bytes as they come, so that the clocks see a server that sends comments alive
     */
    public FirstEvent(ChunkSource source, StreamInspector inspector, long maxEventBytes, RelayProgress progress) {
        this.ahead = new ReadAhead(source);
        this.inspector = inspector;
        this.progress = progress;
        this.most = maxEventBytes;
        this.parser = new SseParser(maxEventBytes);
    }

    /** Blocks until the first event has come, and says what it is; empty when the body ends without one. */
    public Optional<EventKind> await() {
        try {
            while (first.isEmpty()) {
                Optional<ByteBuffer> chunk = ahead.more();
                if (chunk.isEmpty()) {
                    return Optional.empty();
                }
                take(chunk.get());
            }
            return first;
        } finally {
            progress.aheadDone();
        }
    }

    private void take(ByteBuffer chunk) {
        progress.aheadReceived();
        try {
            parser.feed(chunk.array(), chunk.arrayOffset() + chunk.position(), chunk.remaining(), this::see);
        } catch (EventTooLargeException e) {
            first = Optional.of(EventKind.OTHER); // The relay comes to the same end, and tells the client of it.
        }
        if (first.isEmpty() && ahead.size() >= most) {
            first = Optional.of(EventKind.OTHER); // Comments need no memory once they are relayed.
        }
    }

    private void see(SseEvent event) {
        if (first.isEmpty() && event.hasData()) {
            first = Optional.of(
                    inspector.inspect(event.name(), event.dataArray(), event.dataOffset(), event.dataLength()));
        }
    }

    @Override
    public Optional<ByteBuffer> read(long timeoutMillis) {
        return ahead.read(timeoutMillis);
    }
}
