// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import dev.penstock.dialect.UsageScanner;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Relays a body that is not an event stream, byte for byte as it comes, looking only for the usage in passing.
 *
 * <p>Confined to the stream thread.
 */
public final class PlainRelay {
    private final ChunkSource source;
    private final ClientSink sink;
    private final RelaySettings settings;
    private final RelayProgress progress;
    private final UsageScanner usage;
    private final long expectedBytes;
    private final Turn turn;
    private final Pace pace;

    /**
     * A relay of one body.
     *
     * @param expectedBytes what the answer's head says the body's length is, or -1; a client that has got that much has all of
     *     it, whenever it leaves
     */
    public PlainRelay(
            ChunkSource source,
            ClientSink sink,
            RelaySettings settings,
            RelayProgress progress,
            UsageScanner usage,
            long expectedBytes) {
        this.source = source;
        this.sink = sink;
        this.settings = settings;
        this.progress = progress;
        this.usage = usage;
        this.expectedBytes = expectedBytes;
        this.turn = new Turn(settings.turn(), progress::isGivenUp);
        this.pace = new Pace(Optional.empty(), settings.bytesPerSecond(), progress::isGivenUp);
    }

    /** Runs until the body has ended; failures of either side are exceptions. */
    public RelayEnd run() {
        while (true) {
            long since = progress.waiting();
            Optional<ByteBuffer> chunk = source.read(0);
            long now = progress.waited(since);
            turn.waited(now - since, now);
            if (chunk.isEmpty()) {
                return new RelayEnd.Complete();
            }
            int length = chunk.get().remaining();
            progress.received(length, now);
            Optional<RelayEnd.LimitExceeded> exceeded = settings.exceededBy(progress.bytesIn());
            if (exceeded.isPresent()) {
                return exceeded.get();
            }
            write(chunk.get(), length, now);
        }
    }

    private void write(ByteBuffer bytes, int length, long now) {
        if (progress.bytesIn() == expectedBytes) {
            progress.terminal();
        }
        usage.feed(bytes.array(), bytes.arrayOffset() + bytes.position(), length);
        sink.write(bytes);
        long written = progress.written(length, now);
        turn.waited(written - now, written);
        if (!progress.terminalSeen()) {
            paused(pace.spend(0, length));
        }
        turn.spend(0, length, System.nanoTime());
    }

    private void paused(long nanos) {
        if (nanos > 0) {
            turn.waited(nanos, System.nanoTime());
        }
    }
}
