// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.EventDecision;
import dev.penstock.spi.Hook;
import dev.penstock.spi.LastResult;
import dev.penstock.spi.Plugin;
import dev.penstock.spi.RequestDecision;
import dev.penstock.spi.RequestDraft;
import dev.penstock.spi.StreamEvent;
import dev.penstock.spi.StreamFilter;
import dev.penstock.spi.StreamInfo;
import dev.penstock.spi.StreamObserver;
import dev.penstock.spi.StreamOutcome;
import dev.penstock.spi.StreamSummary;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Plugins that take too long, for ever, or will not listen; every time is short in these. */
final class HangTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Test
    void aHookThatOverrunsIsInterruptedOnceAndItsPolicyApplies() {
        try (var chain = new ChainFixture(ChainFixture.STRICT)) {
            chain.filter("slow", true, () -> request(() -> Thread.sleep(LIMIT)));
            FakeExchange exchange = new FakeExchange(chain.open()).run("a");
            assertThat(exchange.client).containsExactly("500");
            assertThat(exchange.outcome().plugin()).contains("slow");
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            assertThat(chain.meters.errors("slow", "request")).isEqualTo(1);
        }
    }

    @Test
    void aLateAnswerAndWhatItChangedAreIgnored() {
        try (var chain = new ChainFixture(ChainFixture.STRICT)) {
            chain.filter("late", false, () -> new StreamFilter() {
                @Override
                public RequestDecision onRequest(RequestDraft request) {
                    request.routeTo("late");
                    try {
                        Thread.sleep(LIMIT);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return RequestDecision.reject(400, "late", "late");
                }
            });
            HookAnswer answer = chain.open().onRequest(ChainFixture.request());
            assertThat(answer)
                    .isInstanceOfSatisfying(
                            HookAnswer.Proceed.class,
                            proceed -> assertThat(proceed.request().model()).isEqualTo("gpt"));
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    @Test
    void aPluginThatInterruptsItselfDoesNotInterruptCore() {
        try (var chain = new ChainFixture()) {
            chain.filter(
                    "rude", true, () -> request(() -> Thread.currentThread().interrupt()));
            chain.open().onRequest(ChainFixture.request());
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    @Test
    void anInterruptFromBeforeIsKept() {
        try (var chain = new ChainFixture()) {
            var seen = new AtomicBoolean();
            chain.filter(
                    "looks",
                    true,
                    () -> request(() -> seen.set(Thread.currentThread().isInterrupted())));
            StreamHooks hooks = chain.open();
            Thread.currentThread().interrupt();
            hooks.onRequest(ChainFixture.request());
            assertThat(Thread.interrupted()).isTrue();
            assertThat(seen).isFalse();
        }
    }

    @Test
    void aStreamIsTakenFromAPluginThatNeverReturns() throws Exception {
        try (var chain = new ChainFixture(ChainFixture.STRICT)) {
            var release = new CountDownLatch(1);
            List<String> finished = new CopyOnWriteArrayList<>();
            chain.observer("watch", () -> new Finisher("watch", finished))
                    .filter("stubborn", true, () -> new StreamFilter() {
                        @Override
                        public RequestDecision onRequest(RequestDraft request) {
                            ObserverLaneTest.awaitStubbornly(release);
                            finished.add("returned");
                            return RequestDecision.proceed();
                        }

                        @Override
                        public void onFinish(StreamOutcome outcome, StreamSummary summary) {
                            finished.add("stubborn " + outcome.kind().label());
                        }
                    })
                    .filter("after", true, () -> new FinishingFilter("after", finished));
            var answer = new CompletableFuture<HookAnswer>();
            Thread stream = Thread.ofVirtual().start(() -> {
                StreamHooks hooks = chain.open();
                answer.complete(hooks.onRequest(ChainFixture.request()));
                hooks.finish(EndedAs.of(StreamOutcome.Kind.INTERNAL_ERROR), ChainFixture.FACTS);
            });
            eventually(LIMIT, () -> assertThat(chain.evicted).hasSize(1));
            assertThat(chain.evicted.getFirst().kind()).isEqualTo(PluginFailure.Kind.STUCK);
            assertThat(chain.evicted.getFirst().phase()).isEqualTo("request");
            eventually(LIMIT, () -> assertThat(finished).containsExactly("after plugin_error", "watch plugin_error"));
            assertThat(chain.runtime.watchdog().stuckCount()).isEqualTo(1);
            StuckCall stuck = chain.runtime.watchdog().stuckCalls().getFirst();
            assertThat(stuck.plugin()).isEqualTo("stubborn");
            assertThat(stuck.stack()).contains("awaitStubbornly");
            assertThat(answer).isNotDone();

            release.countDown();
            stream.join();
            assertThat(answer.get()).isInstanceOf(HookAnswer.Failed.class);
            assertThat(finished)
                    .containsExactly("after plugin_error", "watch plugin_error", "returned", "stubborn plugin_error");
            assertThat(chain.runtime.watchdog().stuckCount()).isZero();
            eventually(LIMIT, () -> assertThat(chain.set().users()).isZero());
        }
    }

    @Test
    void aStuckOpenIsEvictedToo() throws Exception {
        try (var chain = new ChainFixture(ChainFixture.STRICT)) {
            var release = new CountDownLatch(1);
            List<String> finished = new CopyOnWriteArrayList<>();
            chain.observer("watch", () -> new Finisher("watch", finished)).filter("stubborn", true, () -> {
                ObserverLaneTest.awaitStubbornly(release);
                return new FinishingFilter("late", finished);
            });
            Thread stream = Thread.ofVirtual().start(() -> {
                StreamHooks hooks = chain.open();
                hooks.onRequest(ChainFixture.request());
                hooks.finish(EndedAs.of(StreamOutcome.Kind.INTERNAL_ERROR), ChainFixture.FACTS);
            });
            eventually(LIMIT, () -> assertThat(finished).containsExactly("watch plugin_error"));
            release.countDown();
            stream.join();
            assertThat(finished).containsExactly("watch plugin_error", "late plugin_error");
            eventually(LIMIT, () -> assertThat(chain.set().users()).isZero());
        }
    }

    @Test
    void aFinishCallThatIsStuckDoesNotKeepTheOthersFromTheirs() throws Exception {
        try (var chain = new ChainFixture(ChainFixture.STRICT)) {
            var release = new CountDownLatch(1);
            List<String> finished = new CopyOnWriteArrayList<>();
            chain.filter("first", true, () -> new FinishingFilter("first", finished))
                    .filter("stubborn", true, () -> new StreamFilter() {
                        @Override
                        public void onFinish(StreamOutcome outcome, StreamSummary summary) {
                            ObserverLaneTest.awaitStubbornly(release);
                            finished.add("stubborn");
                        }
                    });
            Thread stream = Thread.ofVirtual().start(() -> new FakeExchange(chain.open()).run("a"));
            eventually(LIMIT, () -> assertThat(finished).containsExactly("first completed"));
            release.countDown();
            stream.join();
            assertThat(finished).containsExactly("first completed", "stubborn");
            eventually(LIMIT, () -> assertThat(chain.set().users()).isZero());
        }
    }

    @Test
    void aSlowLastWordIsNotWaitedForLongerThanItsBudget() {
        try (var chain = new ChainFixture(ChainFixture.STRICT)) {
            chain.observer("slow", () -> new StreamObserver() {
                @Override
                public LastResult onLast(StreamEvent last, StreamSummary summary) throws Exception {
                    Thread.sleep(LIMIT);
                    return LastResult.none().withTrailer("x", "y");
                }
            });
            assertThat(new FakeExchange(chain.open()).run("a").client)
                    .containsExactly("head [content-type]", "raw:a", "LAST");
            assertThat(chain.meters.errors("slow", "last")).isEqualTo(1);
        }
    }

    @Test
    void cancelInterruptsAHookAndNoOtherBegins() throws Exception {
        try (var chain = new ChainFixture()) {
            List<String> finished = new CopyOnWriteArrayList<>();
            var inside = new CountDownLatch(1);
            chain.filter("sleeps", true, () -> new StreamFilter() {
                        @Override
                        public EventDecision onEvent(StreamEvent event) throws Exception {
                            inside.countDown();
                            Thread.sleep(Duration.ofMinutes(1));
                            return EventDecision.forward();
                        }

                        @Override
                        public void onFinish(StreamOutcome outcome, StreamSummary summary) throws Exception {
                            Thread.sleep(1);
                            finished.add(outcome.kind().label());
                        }
                    })
                    .observer("watch", () -> new Finisher("watch", finished));
            var hooks = new CompletableFuture<StreamHooks>();
            Thread stream = Thread.ofVirtual().start(() -> {
                StreamHooks opened = chain.open();
                hooks.complete(opened);
                var exchange = new FakeExchange(opened);
                exchange.begin();
                exchange.event("a");
                assertThat(opened.onEvent("", new byte[0], Optional.empty(), new byte[0]))
                        .isInstanceOf(EventAnswer.Failed.class);
                exchange.finish(StreamOutcome.Kind.CLIENT_DISCONNECT);
            });
            inside.await();
            hooks.get().cancel();
            stream.join();
            assertThat(finished).containsExactly("client_disconnect", "watch client_disconnect");
            assertThat(chain.meters.allErrors()).isZero();
        }
    }

    @Test
    void aHeavyHookThatLoopsForEverIsAnsweredForAndItsThreadReplaced() {
        try (var chain = new ChainFixture(ChainFixture.STRICT)) {
            var stop = new AtomicBoolean();
            List<String> finished = new CopyOnWriteArrayList<>();
            Plugin looping = new Plugin() {
                @Override
                public Optional<StreamFilter> filter(StreamInfo stream) {
                    return Optional.of(new StreamFilter() {
                        @Override
                        public RequestDecision onRequest(RequestDraft request) {
                            while (!stop.get()) {
                                Thread.onSpinWait();
                            }
                            return RequestDecision.proceed();
                        }

                        @Override
                        public void onFinish(StreamOutcome outcome, StreamSummary summary) {
                            finished.add("loop " + outcome.kind().label());
                        }
                    });
                }
            };
            chain.add("loop", true, Set.of(Hook.REQUEST), Set.of(Hook.REQUEST), looping);
            int streams = 5;
            for (int i = 0; i < streams; i++) {
                assertThat(new FakeExchange(chain.open()).run("a").client).containsExactly("500");
            }
            eventually(
                    LIMIT,
                    () -> assertThat(chain.runtime.watchdog().stuckCount()).isPositive());
            assertThat(finished).hasSizeLessThan(streams);
            stop.set(true);
            eventually(LIMIT, () -> {
                assertThat(finished).hasSize(streams).containsOnly("loop plugin_error");
                assertThat(chain.runtime.watchdog().stuckCount()).isZero();
                assertThat(chain.set().users()).isZero();
            });
        }
    }

    @Test
    void aHeavyHookRunsOnAPlatformThread() {
        try (var chain = new ChainFixture()) {
            List<String> threads = new CopyOnWriteArrayList<>();
            Plugin plugin = new Plugin() {
                @Override
                public Optional<StreamFilter> filter(StreamInfo stream) {
                    return Optional.of(request(() -> threads.add(Thread.currentThread()
                                    .isVirtual() + " " + Thread.currentThread().getName())));
                }
            };
            chain.add("heavy", true, Set.of(Hook.REQUEST), Set.of(Hook.REQUEST), plugin);
            assertThat(new FakeExchange(chain.open()).run("a").client).endsWith("LAST");
            assertThat(threads).singleElement().asString().startsWith("false plugin-heavy-");
        }
    }

    private static StreamFilter request(Body body) {
        return new StreamFilter() {
            @Override
            public RequestDecision onRequest(RequestDraft request) throws Exception {
                body.run();
                return RequestDecision.proceed();
            }
        };
    }

    @FunctionalInterface
    private interface Body {
        void run() throws Exception;
    }

    private record Finisher(String name, List<String> finished) implements StreamObserver {
        @Override
        public void onFinish(StreamOutcome outcome, StreamSummary summary) {
            finished.add(name + " " + outcome.kind().label());
        }
    }

    private record FinishingFilter(String name, List<String> finished) implements StreamFilter {
        @Override
        public void onFinish(StreamOutcome outcome, StreamSummary summary) {
            finished.add(name + " " + outcome.kind().label());
        }
    }
}
