// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.spi.Hook;
import dev.penstock.spi.Plugin;
import dev.penstock.spi.StreamFilter;
import dev.penstock.spi.StreamInfo;
import dev.penstock.spi.StreamObserver;
import dev.penstock.spi.StreamOutcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** A chain of plugins written in a test, without JARs. Confined to the test's thread, but for the log and what is evicted. */
final class ChainFixture implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(20);

    /** Nothing is late in these. */
    static final PluginBudgets PATIENT = new PluginBudgets(LONG, LONG, LONG, LONG, LONG, LONG, LONG);

    /** For hangs: late at once, stuck soon after. */
    static final PluginBudgets STRICT = new PluginBudgets(
            Duration.ofMillis(300),
            Duration.ofMillis(300),
            Duration.ofMillis(300),
            Duration.ofMillis(300),
            Duration.ofMillis(300),
            Duration.ofMillis(600),
            Duration.ofMillis(200));

    final RecordingMeters meters = new RecordingMeters();
    final List<String> log = new CopyOnWriteArrayList<>();
    final List<PluginFailure> evicted = new CopyOnWriteArrayList<>();
    final PluginRuntime runtime;
    private final PluginBudgets budgets;
    private final List<ChainEntry> entries = new ArrayList<>();
    private final AtomicInteger streams = new AtomicInteger();
    private Optional<PluginSet> set = Optional.empty();

    ChainFixture() {
        this(PATIENT);
    }

    ChainFixture(PluginBudgets budgets) {
        this.budgets = budgets;
        this.runtime = PluginRuntime.start(budgets, meters);
    }

    ChainFixture(PluginBudgets budgets, LongSupplier nanoTime) {
        this.budgets = budgets;
        this.runtime = PluginRuntime.unwatched(budgets, meters, nanoTime);
    }

    /** Adds a filter for all of a filter's hooks. */
    ChainFixture filter(String name, boolean failClosed, Supplier<StreamFilter> filter) {
        return filter(name, failClosed, Set.of(Hook.REQUEST, Hook.RESPONSE_HEAD, Hook.EVENT), filter);
    }

    ChainFixture filter(String name, boolean failClosed, Set<Hook> hooks, Supplier<StreamFilter> filter) {
        return add(name, failClosed, hooks, Set.of(), new Plugin() {
            @Override
            public Optional<StreamFilter> filter(StreamInfo stream) {
                return Optional.of(filter.get());
            }
        });
    }

    ChainFixture observer(String name, Supplier<StreamObserver> observer) {
        return add(name, false, Set.of(Hook.OBSERVE), Set.of(), new Plugin() {
            @Override
            public Optional<StreamObserver> observer(StreamInfo stream) {
                return Optional.of(observer.get());
            }
        });
    }

    ChainFixture add(String name, boolean failClosed, Set<Hook> hooks, Set<Hook> heavy, Plugin plugin) {
        var settings = new ChainEntry.EntrySettings(name, name, failClosed, budgets);
        entries.add(
                new ChainEntry(settings, plugin, hooks.isEmpty() ? EnumSet.allOf(Hook.class) : hooks, heavy, meters));
        return this;
    }

    PluginSet set() {
        PluginSet known = set.orElseGet(this::newSet);
        set = Optional.of(known);
        return known;
    }

    /** The same chain, as another generation. */
    PluginSet newSet() {
        return new PluginSet(runtime, new PluginChain(entries), List.<AutoCloseable>of());
    }

    /** Opens on the calling thread; an eviction ends the stream as a plugin's error. */
    StreamHooks open() {
        return set().open(opening("s" + streams.incrementAndGet()), (hooks, failure) -> {
            evicted.add(failure);
            hooks.finish(EndedAs.failed(failure), FACTS);
        });
    }

    static final SummaryFacts FACTS = SummaryFacts.nothing(Duration.ofMillis(5));

    static final AnswerHead HEAD =
            new AnswerHead(200, Map.of("content-type", List.of("text/event-stream")), true, "chat", "a", "served");

    static StreamOpening opening(String id) {
        return new StreamOpening(
                id,
                Instant.EPOCH,
                "POST",
                "/v1/chat/completions",
                "openai-chat",
                "gpt",
                true,
                Optional.of("chat"),
                Optional.empty(),
                "127.0.0.1",
                Map.of("x-team", List.of("blue")));
    }

    static PluginRequest request() {
        byte[] body = bytes("{\"model\":\"gpt\"}");
        return new PluginRequest(
                "POST",
                "/v1/chat/completions",
                new PluginRequest.BodyFacts("gpt", true),
                Optional.empty(),
                Map.of("x-team", List.of("blue")),
                body,
                changed -> new PluginRequest.BodyFacts(new String(changed, StandardCharsets.UTF_8), false));
    }

    static EndedAs ended(StreamOutcome.Kind kind) {
        return EndedAs.of(kind);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        set.ifPresent(PluginSet::close);
        runtime.close();
    }
}
