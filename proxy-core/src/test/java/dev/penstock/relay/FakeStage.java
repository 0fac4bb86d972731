// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** A plugin chain that decides by a function of the event's text, and notes what it is told. Confined to one thread. */
final class FakeStage implements EventStage {
    private final Function<String, Verdict> decide;
    private Verdict beforeLast = Verdict.FORWARD;
    private Verdict onHoldLimit = Verdict.FORWARD;
    private List<byte[]> extra = List.of();
    private Supplier<String> whatTheClientHas = () -> "";
    private int failsAtFlush = Integer.MAX_VALUE;
    private long holdMillis;
    final List<String> asked = new ArrayList<>();
    final List<String> clientHadAtFlush = new ArrayList<>();
    final List<String> last = new ArrayList<>();
    String clientHadAtLast = "";

    private FakeStage(Function<String, Verdict> decide) {
        this.decide = decide;
    }

    static FakeStage filtering(Function<String, Verdict> decide) {
        return new FakeStage(decide);
    }

    static FakeStage observing() {
        return new FakeStage(text -> Verdict.FORWARD);
    }

    /** Still holds these back when the last event comes. */
    FakeStage holding(String... events) {
        beforeLast = replace(events);
        return this;
    }

    FakeStage beforeLast(Verdict verdict) {
        beforeLast = verdict;
        return this;
    }

    /** Holds this back until its time is over. */
    FakeStage holdingForAWhile(String event) {
        holdMillis = 7;
        onHoldLimit = replace(event);
        return this;
    }

    /** Adds these events before the last one. */
    FakeStage adding(String... events) {
        extra = encoded(events);
        return this;
    }

    FakeStage seeing(FakeSink sink) {
        whatTheClientHas = sink::text;
        return this;
    }

    FakeStage failingAtFlush(int number) {
        failsAtFlush = number;
        return this;
    }

    static List<byte[]> encoded(String... events) {
        return List.of(events).stream().map(event -> event.getBytes(UTF_8)).toList();
    }

    static Verdict replace(String... events) {
        return new Verdict.Replace(encoded(events));
    }

    static Verdict end(String... farewell) {
        return new Verdict.End(encoded(farewell));
    }

    private static String text(SseEvent event) {
        return new String(event.rawBytes(), UTF_8);
    }

    @Override
    public boolean isActive() {
        return true;
    }

    @Override
    public Verdict onEvent(SseEvent event) {
        asked.add(text(event));
        return decide.apply(text(event));
    }

    @Override
    public boolean flushed() {
        clientHadAtFlush.add(whatTheClientHas.get());
        return clientHadAtFlush.size() < failsAtFlush;
    }

    @Override
    public long holdMillis() {
        return holdMillis;
    }

    @Override
    public Verdict onHoldLimit() {
        holdMillis = 0;
        return onHoldLimit;
    }

    @Override
    public Verdict beforeLast() {
        return beforeLast;
    }

    @Override
    public List<byte[]> onLast(SseEvent event) {
        last.add(text(event));
        clientHadAtLast = whatTheClientHas.get();
        return extra;
    }
}
