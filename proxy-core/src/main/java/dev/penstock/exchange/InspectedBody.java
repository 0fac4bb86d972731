// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.config.LimitsConfig;
import dev.penstock.dialect.UsageScanner;
import dev.penstock.plugin.EventAnswer;
import dev.penstock.plugin.PassedEvent;
import dev.penstock.plugin.PluginFailure;
import dev.penstock.relay.BodyRelay;
import dev.penstock.relay.ChunkSource;
import dev.penstock.relay.PlainRelay;
import dev.penstock.relay.RelayEnd;
import dev.penstock.relay.RelaySettings;
import dev.penstock.spi.StreamEvent;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * An answer that is no stream, shown to the plugins as one event named {@code body}. It goes out chunked, so that the client sees
 * its end only after the observers' last word. One that is larger than an event may be goes through unseen, unless a filter
 * insists on seeing it.
 *
 * <p>Confined to the stream thread.
 */
final class InspectedBody {
    private final StreamExchange exchange;
    private final PluginStage stage;
    private final int status;
    private final List<Header> headers;
    private final UsageScanner usage;

    InspectedBody(StreamExchange exchange, PluginStage stage, int status, List<Header> headers, UsageScanner usage) {
        this.exchange = exchange;
        this.stage = stage;
        this.status = status;
        this.headers = headers;
        this.usage = usage;
    }

    /** Empty when the answer is whole; else how it ends. */
    Optional<Ending> relay(ChunkSource source, RelaySettings settings) {
        BodyRelay relay = new BodyRelay(source, exchange.facts().progress, bound());
        boolean whole = relay.collect();
        byte[] body = relay.bytes();
        Optional<RelayEnd.LimitExceeded> exceeded = settings.exceededBy(body.length);
        if (exceeded.isPresent()) {
            return exceeded.map(Failures::of);
        }
        if (whole) {
            usage.feed(body, 0, body.length);
            return show(body);
        }
        return exchange.hooks().mustInspect() ? Optional.of(uninspected()) : unseen(body, source, settings);
    }

    /** As large as an event may be; whoever has switched that limit off has not meant to keep whole bodies in memory. */
    private long bound() {
        return exchange.settings()
                .limits()
                .event()
                .or(() -> LimitsConfig.defaults().event())
                .orElseThrow()
                .bytes();
    }

    private static Ending uninspected() {
        return Failures.broken(Outcome.PLUGIN_ERROR, 502, "The answer is too large to be inspected.");
    }

    private Optional<Ending> unseen(byte[] begun, ChunkSource source, RelaySettings settings) {
        exchange.downstream().head(status, headers, -1);
        usage.feed(begun, 0, begun.length);
        exchange.sink().write(ByteBuffer.wrap(begun));
        RelayEnd end = new PlainRelay(source, exchange.sink(), settings, exchange.facts().progress, usage, -1).run();
        return end instanceof RelayEnd.LimitExceeded limit ? Optional.of(Failures.of(limit)) : Optional.empty();
    }

    private Optional<Ending> show(byte[] body) {
        return switch (body.length == 0 ? EventAnswer.FORWARD : stage.onBody(body)) {
            case EventAnswer.Forward ignored -> send(body);
            case EventAnswer.Replace(List<PassedEvent> events) -> send(joined(events));
            case EventAnswer.End(List<PassedEvent> events, String plugin, String reason) -> {
                exchange.stoppedBy(plugin, reason);
                yield stopped(joined(events));
            }
            case EventAnswer.Failed(PluginFailure failure) -> failed(failure);
        };
    }

    private Optional<Ending> stopped(byte[] farewell) {
        if (farewell.length == 0) {
            return Optional.of(Failures.of(Outcome.STOPPED_BY_PLUGIN));
        }
        return send(farewell).or(() -> Optional.of(new Ending.Whole(Outcome.STOPPED_BY_PLUGIN)));
    }

    /** Writes what goes on, then what the filters still held, then lets the observers have their last word. */
    private Optional<Ending> send(byte[] body) {
        if (!exchange.downstream().head(status, headers, -1)) {
            return Optional.of(Failures.of(Outcome.UPSTREAM_ERROR)); // A heartbeat has made the answer a stream.
        }
        write(body);
        EventAnswer held = exchange.hooks().beforeLast();
        if (held instanceof EventAnswer.Failed(PluginFailure failure)) {
            return failed(failure);
        }
        if (held instanceof EventAnswer.Replace(List<PassedEvent> events)) {
            write(joined(events));
        }
        stage.lastWord(StreamEvent.END, new byte[0], Optional.empty());
        return Optional.empty();
    }

    private void write(byte[] bytes) {
        if (bytes.length > 0) {
            exchange.sink().write(ByteBuffer.wrap(bytes));
        }
        stage.flushed();
    }

    private Optional<Ending> failed(PluginFailure failure) {
        exchange.pluginFailed(failure);
        return Optional.of(Failures.of(Outcome.PLUGIN_ERROR));
    }

    private static byte[] joined(List<PassedEvent> events) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        events.forEach(event -> joined.writeBytes(event.raw().orElseGet(() -> PluginStage.bytes(event.event()))));
        return joined.toByteArray();
    }
}
