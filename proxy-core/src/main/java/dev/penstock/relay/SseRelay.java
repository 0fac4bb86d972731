// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import dev.penstock.dialect.EventKind;
import dev.penstock.dialect.StreamInspector;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Relays an event stream: read, cut into events, filter, write, tell observers, yield; until the end.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li><b>The client is always at an event boundary between two writes.</b> An event goes on when its last byte has come,
 *       never in part. So a heartbeat or an error event can be put after any write, and an event that the upstream cut never
 *       reaches the client in half. The price is one event's memory, bounded by the event limit, which the parser pays anyway.
 *   <li>One write, and so one flush, for each read: bursts coalesce, and a single event does not wait for another.
 *   <li>The next read happens after the write, so a slow client slows its upstream through TCP.
 *   <li>Untouched events keep their bytes: the concatenation of what is written is what was read, but for what a filter
 *       declared that it rewrites, and for the usage event that we asked for ourselves.
 *   <li>The last event is held until everything before it is written and the observers are done ({@link EventStage#onLast}).
 *   <li>After the terminal event the rest of the body is relayed as it is, and cannot change how the stream ended.
 * </ul>
 *
 * <p>Confined to the stream thread.
 */
public final class SseRelay {
    private final ChunkSource source;
    private final ClientSink sink;
    private final EventStage stage;
    private final StreamInspector inspector;
    private final RelaySettings settings;
    private final RelayProgress progress;
    private final SseParser parser;
    private final Turn turn;
    private final Pace pace;
    private final Outgoing outgoing = new Outgoing();
    private Optional<RelayEnd> end = Optional.empty();

    public SseRelay(
            ChunkSource source,
            ClientSink sink,
            EventStage stage,
            StreamInspector inspector,
            RelaySettings settings,
            RelayProgress progress) {
        this.source = source;
        this.sink = sink;
        this.stage = stage;
        this.inspector = inspector;
        this.settings = settings;
        this.progress = progress;
        this.parser = new SseParser(settings.eventBytes());
        this.turn = new Turn(settings.turn(), progress::isGivenUp);
        this.pace = new Pace(settings.eventsPerSecond(), settings.bytesPerSecond(), progress::isGivenUp);
    }

    /** Runs until the stream has ended; failures of either side are exceptions. */
    public RelayEnd run() {
        while (end.isEmpty()) {
            long since = progress.waiting();
            Optional<ByteBuffer> chunk = source.read(stage.isActive() ? stage.holdMillis() : 0);
            long now = progress.waited(since);
            turn.waited(now - since, now);
            if (chunk.isEmpty()) {
                end = Optional.of(atFramingEnd());
            } else if (chunk.get().hasRemaining()) {
                relay(chunk.get(), now);
            } else {
                apply(stage.onHoldLimit());
                flush();
            }
        }
        return end.get();
    }

    private void relay(ByteBuffer chunk, long now) {
        int length = chunk.remaining();
        long before = progress.events();
        progress.received(length, now);
        Optional<RelayEnd.LimitExceeded> exceeded = settings.exceededBy(progress.bytesIn());
        if (exceeded.isPresent()) {
            exceeded(exceeded.get());
            return;
        }
        parse(chunk, length);
        flush();
        long events = progress.events() - before;
        if (!progress.terminalSeen()) {
            paused(pace.spend(events, length));
        }
        turn.spend(events, length, System.nanoTime());
    }

    private void paused(long nanos) {
        if (nanos > 0) {
            turn.waited(nanos, System.nanoTime());
        }
    }

    private void parse(ByteBuffer chunk, int length) {
        outgoing.begin(chunk.array());
        try {
            parser.feed(chunk.array(), chunk.arrayOffset() + chunk.position(), length, this::onBlock);
        } catch (EventTooLargeException e) {
            exceeded(new RelayEnd.LimitExceeded("an event is larger than " + e.limit() + " bytes"));
        }
        progress.parsed(!parser.atBoundary(), parser.seenId());
    }

    private void onBlock(SseEvent event) {
        if (end.isPresent()) {
            return;
        }
        if (!event.hasData() || progress.terminalSeen()) {
            outgoing.add(event);
            return;
        }
        progress.event();
        switch (inspect(event)) {
            case TERMINAL -> last(event);
            case ERROR -> error(event);
            case TOKEN -> {
                progress.token();
                stage(event);
            }
            case USAGE -> {
                if (!settings.hideUsage()) {
                    stage(event);
                }
            }
            case OTHER -> stage(event);
        }
    }

    /** An error that comes first leaves the choice to try elsewhere; later it is the client's to see. */
    private void error(SseEvent event) {
        if (settings.withholdFirstError() && progress.events() == 1 && progress.bytesOut() == 0) {
            outgoing.discard();
            end = Optional.of(new RelayEnd.ErrorWithheld());
        } else {
            progress.error();
            stage(event);
        }
    }

    private void stage(SseEvent event) {
        EventStage.Verdict verdict = stage.isActive() ? ask(event) : EventStage.Verdict.FORWARD;
        if (verdict instanceof EventStage.Verdict.Forward) {
            outgoing.add(event);
        } else {
            apply(verdict);
        }
    }

    private EventStage.Verdict ask(SseEvent event) {
        long since = System.nanoTime();
        EventStage.Verdict verdict = stage.onEvent(event);
        long now = System.nanoTime();
        turn.waited(now - since, now);
        return verdict;
    }

    private void apply(EventStage.Verdict verdict) {
        switch (verdict) {
            case EventStage.Verdict.Forward ignored -> {}
            case EventStage.Verdict.Replace(List<byte[]> encoded) -> encoded.forEach(outgoing::add);
            case EventStage.Verdict.End(List<byte[]> farewell) -> stop(farewell);
            case EventStage.Verdict.Fail ignored -> pluginFailed();
        }
    }

    /** A plugin ends the stream properly: its farewell, the observers' last word, the dialect's terminal event. */
    private void stop(List<byte[]> farewell) {
        farewell.forEach(outgoing::add);
        flush();
        if (end.isEmpty()) {
            byte[] terminal = inspector.terminalEvents();
            stage.onLast(SseEvent.of(terminal)).forEach(outgoing::add);
            progress.terminal();
            outgoing.add(terminal);
            flush();
            end = Optional.of(new RelayEnd.StoppedByPlugin());
        }
    }

    private void last(SseEvent event) {
        if (stage.isActive()) {
            byte[] raw = event.rawBytes();
            toldOfLast(event);
            if (end.isPresent()) {
                return;
            }
            progress.terminal();
            outgoing.add(raw);
        } else {
            progress.terminal();
            outgoing.add(event);
        }
    }

    /** Everything before the last event goes out, then the observers have their last word. */
    private void toldOfLast(SseEvent last) {
        apply(stage.beforeLast());
        flush();
        if (end.isEmpty()) {
            stage.onLast(last).forEach(outgoing::add);
        }
    }

    private void flush() {
        if (!outgoing.isEmpty()) {
            ByteBuffer bytes = outgoing.take();
            int length = bytes.remaining();
            long since = System.nanoTime();
            sink.write(bytes);
            long now = progress.written(length, since);
            turn.waited(now - since, now);
        }
        if (stage.isActive()) {
            tellObservers();
        }
    }

    private void tellObservers() {
        long since = System.nanoTime();
        if (!stage.flushed()) {
            pluginFailed();
        }
        long now = System.nanoTime();
        turn.waited(now - since, now);
    }

    private void pluginFailed() {
        end = Optional.of(new RelayEnd.PluginFailed());
    }

    /** What comes after the terminal event cannot change how the stream ended: the surplus is cut off. */
    private void exceeded(RelayEnd limit) {
        end = Optional.of(progress.terminalSeen() ? whole() : limit);
    }

    private RelayEnd whole() {
        return progress.errorSeen() ? new RelayEnd.CompleteWithError() : new RelayEnd.Complete();
    }

    /**
     * The framing ended properly. What is left over is an event whose blank line never came, as sloppy servers end; if it is
     * the terminal event, or the dialect has none, the client gets it as it is.
     */
    private RelayEnd atFramingEnd() {
        byte[] rest = parser.remaining();
        if (progress.terminalSeen()) {
            outgoing.add(rest);
            flush();
            return whole();
        }
        SseEvent left = SseEvent.of(rest);
        boolean terminal = left.hasData() && inspect(left) == EventKind.TERMINAL;
        if (settings.hasTerminal() && !terminal) {
            return progress.errorSeen() ? new RelayEnd.UpstreamError() : new RelayEnd.Truncated();
        }
        return finish(left, terminal);
    }

    /** A filter decides about what is left over too, or it could be got around by leaving out the last blank line. */
    private RelayEnd finish(SseEvent left, boolean terminal) {
        if (left.hasData() && !terminal) {
            stage(left);
        }
        if (end.isEmpty() && stage.isActive()) {
            toldOfLast(left);
        }
        if (end.isPresent()) {
            return end.get();
        }
        progress.terminal();
        if (terminal || !left.hasData()) {
            outgoing.add(left.rawBytes());
        }
        flush();
        return whole();
    }

    private EventKind inspect(SseEvent event) {
        return inspector.inspect(event.name(), event.dataArray(), event.dataOffset(), event.dataLength());
    }
}
