// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.penstock.spi.EventDecision;
import dev.penstock.spi.HoldBack;
import dev.penstock.spi.LastResult;
import dev.penstock.spi.ObserverSettings;
import dev.penstock.spi.Plugin;
import dev.penstock.spi.RequestDecision;
import dev.penstock.spi.RequestDraft;
import dev.penstock.spi.ResponseDecision;
import dev.penstock.spi.ResponseHead;
import dev.penstock.spi.StreamEvent;
import dev.penstock.spi.StreamFilter;
import dev.penstock.spi.StreamInfo;
import dev.penstock.spi.StreamObserver;
import dev.penstock.spi.StreamOutcome;
import dev.penstock.spi.StreamSummary;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that a plugin can throw, in every hook, with both policies: only its own stream suffers, and all are finished. */
final class PluginFaultTest {
    private static final List<String> FILTER_HOOKS =
            List.of("open", "hold_back", "request", "response_head", "event", "before_last", "finish");
    private static final List<String> OBSERVER_HOOKS = List.of("open", "settings", "start", "event", "last", "finish");

    enum Fault {
        RUNTIME,
        CHECKED,
        STACK_OVERFLOW,
        LINKAGE,
        ASSERTION,
        OUT_OF_MEMORY;

        void strike() throws Exception {
            switch (this) {
                case RUNTIME -> throw new IllegalStateException("broken");
                case CHECKED -> throw new IOException("broken");
                case STACK_OVERFLOW -> recurse(1);
                case LINKAGE -> throw new NoClassDefFoundError("gone/Away");
                case ASSERTION -> throw new AssertionError("broken");
                case OUT_OF_MEMORY -> throw new OutOfMemoryError("pretended");
            }
        }

        private static int recurse(int depth) {
            return depth == 0 ? 0 : recurse(depth + 1) + depth;
        }
    }

    static Stream<Arguments> filterFaults() {
        return FILTER_HOOKS.stream()
                .flatMap(hook -> Stream.of(Fault.values())
                        .flatMap(fault -> Stream.of(true, false).map(closed -> arguments(hook, fault, closed))));
    }

    static Stream<Arguments> observerFaults() {
        return OBSERVER_HOOKS.stream().flatMap(hook -> Stream.of(Fault.values()).map(fault -> arguments(hook, fault)));
    }

    @ParameterizedTest
    @MethodSource("filterFaults")
    void aFilterThatFailsClosedTakesItsStreamAlongAndOneThatFailsOpenIsLeftOut(
            String hook, Fault fault, boolean closed) {
        try (var chain = new ChainFixture()) {
            var opened = new AtomicInteger();
            var finished = new AtomicInteger();
            chain.add("before", true, Set.of(), Set.of(), new Counting(opened, finished))
                    .add("faulty", closed, Set.of(), Set.of(), new FaultyFilter(hook, fault))
                    .add("after", true, Set.of(), Set.of(), new Counting(opened, finished));
            FakeExchange exchange = new FakeExchange(chain.open()).run("a", "b");
            assertThat(exchange.client).containsExactlyElementsOf(expected(hook, closed));
            assertThat(finished).hasValue(opened.get());
            assertThat(chain.meters.allErrors()).isEqualTo(1);
            eventually(ChainFixture.LONG, () -> assertThat(chain.set().users()).isZero());
        }
    }

    private static List<String> expected(String hook, boolean closed) {
        List<String> whole = List.of("head [content-type]", "raw:a", "raw:b", "LAST");
        if (!closed || hook.equals("finish")) {
            return whole;
        }
        return switch (hook) {
            case "open", "hold_back", "request" -> List.of("500");
            case "response_head" -> List.of("502");
            case "event" -> List.of("head [content-type]", "error event, cut");
            default -> List.of("head [content-type]", "raw:a", "raw:b", "error event, cut");
        };
    }

    @ParameterizedTest
    @MethodSource("observerFaults")
    void anObserverThatFailsIsLeftOut(String hook, Fault fault) {
        try (var chain = new ChainFixture()) {
            var opened = new AtomicInteger();
            var finished = new AtomicInteger();
            chain.add("before", true, Set.of(), Set.of(), new Counting(opened, finished))
                    .add("faulty", true, Set.of(), Set.of(), new FaultyObserver(hook, fault))
                    .add("after", true, Set.of(), Set.of(), new Counting(opened, finished));
            FakeExchange exchange = new FakeExchange(chain.open()).run("a", "b");
            assertThat(exchange.client).containsExactly("head [content-type]", "raw:a", "raw:b", "LAST");
            assertThat(finished).hasValue(opened.get());
            assertThat(chain.meters.allErrors()).isEqualTo(1);
            eventually(ChainFixture.LONG, () -> assertThat(chain.set().users()).isZero());
        }
    }

    /** Opens both kinds, and counts what is opened and what is finished. */
    private record Counting(AtomicInteger opened, AtomicInteger finished) implements Plugin {
        @Override
        public Optional<StreamFilter> filter(StreamInfo stream) {
            opened.incrementAndGet();
            return Optional.of(new StreamFilter() {
                @Override
                public void onFinish(StreamOutcome outcome, StreamSummary summary) {
                    finished.incrementAndGet();
                }
            });
        }

        @Override
        public Optional<StreamObserver> observer(StreamInfo stream) {
            opened.incrementAndGet();
            return Optional.of(new StreamObserver() {
                @Override
                public void onFinish(StreamOutcome outcome, StreamSummary summary) {
                    finished.incrementAndGet();
                }
            });
        }
    }

    private record FaultyFilter(String hook, Fault fault) implements Plugin {
        private void at(String here) throws Exception {
            if (hook.equals(here)) {
                fault.strike();
            }
        }

        @Override
        public Optional<StreamFilter> filter(StreamInfo stream) throws Exception {
            at("open");
            return Optional.of(new StreamFilter() {
                @Override
                public HoldBack holdBack() throws Exception {
                    at("hold_back");
                    return HoldBack.none();
                }

                @Override
                public RequestDecision onRequest(RequestDraft request) throws Exception {
                    request.routeTo("changed");
                    at("request");
                    return RequestDecision.proceed();
                }

                @Override
                public ResponseDecision onResponseHead(ResponseHead head) throws Exception {
                    at("response_head");
                    return ResponseDecision.proceed();
                }

                @Override
                public EventDecision onEvent(StreamEvent event) throws Exception {
                    at("event");
                    return EventDecision.forward();
                }

                @Override
                public EventDecision beforeLast() throws Exception {
                    at("before_last");
                    return EventDecision.forward();
                }

                @Override
                public void onFinish(StreamOutcome outcome, StreamSummary summary) throws Exception {
                    at("finish");
                }
            });
        }
    }

    private record FaultyObserver(String hook, Fault fault) implements Plugin {
        private void at(String here) throws Exception {
            if (hook.equals(here)) {
                fault.strike();
            }
        }

        @Override
        public Optional<StreamObserver> observer(StreamInfo stream) throws Exception {
            at("open");
            return Optional.of(new StreamObserver() {
                @Override
                public ObserverSettings settings() throws Exception {
                    at("settings");
                    return ObserverSettings.defaults();
                }

                @Override
                public void onStart(ResponseHead head) throws Exception {
                    at("start");
                }

                @Override
                public void onEvent(StreamEvent event) throws Exception {
                    at("event");
                }

                @Override
                public LastResult onLast(StreamEvent last, StreamSummary summary) throws Exception {
                    at("last");
                    return LastResult.none();
                }

                @Override
                public void onFinish(StreamOutcome outcome, StreamSummary summary) throws Exception {
                    at("finish");
                }
            });
        }
    }
}
