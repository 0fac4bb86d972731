// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.plugin.EventAnswer;
import dev.penstock.plugin.LastResults;
import dev.penstock.plugin.PassedEvent;
import dev.penstock.plugin.PluginFailure;
import dev.penstock.plugin.StreamHooks;
import dev.penstock.relay.EventStage;
import dev.penstock.relay.SseEncoder;
import dev.penstock.relay.SseEvent;
import dev.penstock.spi.StreamEvent;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The plugin chain as the relay sees it: events in the wire's form on one side, in the plugins' form on the other.
 *
 * <p>Confined to the stream thread.
 */
final class PluginStage implements EventStage {
    private final StreamExchange exchange;
    private final StreamHooks hooks;
    private boolean begun;

    PluginStage(StreamExchange exchange, StreamHooks hooks) {
        this.exchange = exchange;
        this.hooks = hooks;
    }

    @Override
    public boolean isActive() {
        return hooks.wantsEvents() || hooks.observes();
    }

    @Override
    public Verdict onEvent(SseEvent event) {
        return verdict(hooks.onEvent(event.name(), event.dataBytes(), event.id(), event.rawBytes()));
    }

    @Override
    public boolean flushed() {
        begin();
        Optional<PluginFailure> failure = hooks.flushed();
        failure.ifPresent(exchange::pluginFailed);
        return failure.isEmpty();
    }

    @Override
    public long holdMillis() {
        OptionalLong deadline = hooks.holdDeadlineNanos();
        return deadline.isEmpty() ? 0 : Math.max(1, (deadline.getAsLong() - System.nanoTime()) / 1_000_000);
    }

    @Override
    public Verdict onHoldLimit() {
        return verdict(hooks.onHoldLimit());
    }

    @Override
    public Verdict beforeLast() {
        return verdict(hooks.beforeLast());
    }

    @Override
    public List<byte[]> onLast(SseEvent last) {
        return lastWord(last.hasData() ? last.name() : StreamEvent.END, last.dataBytes(), last.id()).stream()
                .map(PluginStage::encode)
                .toList();
    }

    /** The observers' last word: trailers and log fields are noted; the events are for the caller to send. */
    List<StreamEvent> lastWord(String name, byte[] data, Optional<String> id) {
        begin();
        LastResults results = hooks.drainAndLast(name, data, id, exchange.summary());
        results.trailers().forEach(exchange.downstream()::trailer);
        exchange.logs(results.logFields());
        return results.events();
    }

    /** The head that the filters let pass is with the client. */
    private void begin() {
        if (!begun && exchange.downstream().isCommitted()) {
            begun = true;
            hooks.committed();
        }
    }

    /** The filters' decision about a body that is one event; the parts that go on, or what ends it instead. */
    EventAnswer onBody(byte[] body) {
        return hooks.onEvent(StreamEvent.BODY, body, Optional.empty(), body);
    }

    private Verdict verdict(EventAnswer answer) {
        return switch (answer) {
            case EventAnswer.Forward ignored -> Verdict.FORWARD;
            case EventAnswer.Replace(List<PassedEvent> events) -> new Verdict.Replace(encode(events));
            case EventAnswer.End(List<PassedEvent> events, String plugin, String reason) -> {
                exchange.stoppedBy(plugin, reason);
                yield new Verdict.End(encode(events));
            }
            case EventAnswer.Failed(PluginFailure failure) -> {
                exchange.pluginFailed(failure);
                yield Verdict.FAIL;
            }
        };
    }

    private static List<byte[]> encode(List<PassedEvent> events) {
        return events.stream()
                .map(event -> event.raw().orElseGet(() -> encode(event.event())))
                .toList();
    }

    private static byte[] encode(StreamEvent event) {
        String name = event.name().equals(SseEvent.DEFAULT_NAME) ? "" : event.name();
        byte[] data = bytes(event);
        if (event.id().isPresent()) {
            return SseEncoder.event(name, data, event.id().get());
        }
        return name.isEmpty() ? SseEncoder.event(data) : SseEncoder.event(name, data);
    }

    static byte[] bytes(StreamEvent event) {
        ByteBuffer buffer = event.bytes();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
