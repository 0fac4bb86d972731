// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.EventDecision;
import dev.penstock.spi.LastResult;
import dev.penstock.spi.ObserverSettings;
import dev.penstock.spi.OverflowPolicy;
import dev.penstock.spi.ResponseHead;
import dev.penstock.spi.StreamEvent;
import dev.penstock.spi.StreamFilter;
import dev.penstock.spi.StreamObserver;
import dev.penstock.spi.StreamOutcome;
import dev.penstock.spi.StreamSummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ObserverLaneTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Test
    void seesEveryEventInOrderHoweverSlowAndTheLastOneAfterAll() {
        try (var chain = new ChainFixture()) {
            var watcher = new Watcher();
            watcher.pauseMillis = 2;
            chain.observer("slow", () -> watcher);
            List<String> events =
                    IntStream.range(0, 200).mapToObj(Integer::toString).toList();
            new FakeExchange(chain.open()).run(events.toArray(String[]::new));
            List<String> expected = new ArrayList<>();
            expected.add("start");
            IntStream.range(0, 200).forEach(i -> expected.add((i + 1) + ":" + i));
            expected.add("last 201");
            expected.add("finish completed");
            assertThat(watcher.seen).containsExactlyElementsOf(expected);
            assertThat(watcher.summary().drained()).isTrue();
        }
    }

    @Test
    void theClientGetsEventsWithoutWaitingForAnObserver() {
        try (var chain = new ChainFixture()) {
            var watcher = new Watcher();
            chain.observer("stopped", () -> watcher);
            watcher.gate.drainPermits();
            var exchange = new FakeExchange(chain.open());
            exchange.begin();
            exchange.event("a");
            exchange.event("b");
            assertThat(exchange.client).endsWith("raw:a", "raw:b");
            watcher.gate.release(1000);
            exchange.end();
            exchange.finish();
            assertThat(watcher.seen).containsExactly("start", "1:a", "2:b", "last 3", "finish completed");
        }
    }

    @Test
    void onlyWhatTheClientWasSentIsSeen() {
        try (var chain = new ChainFixture()) {
            var watcher = new Watcher();
            chain.observer("watch", () -> watcher).filter("filter", true, () -> new StreamFilter() {
                @Override
                public EventDecision onEvent(StreamEvent event) {
                    return switch (event.data()) {
                        case "drop" -> EventDecision.drop();
                        case "b" -> EventDecision.replace(event.withData("B"), event.withData("bb"));
                        default -> EventDecision.forward();
                    };
                }
            });
            new FakeExchange(chain.open()).run("a", "drop", "b");
            assertThat(watcher.seen).containsExactly("start", "1:a", "2:B", "3:bb", "last 4", "finish completed");
        }
    }

    @Test
    void theClientSeesNothingOfTheEndBeforeTheLastCallReturned() {
        try (var chain = new ChainFixture()) {
            List<String> atLast = new CopyOnWriteArrayList<>();
            FakeExchange[] exchange = new FakeExchange[1];
            chain.observer("watch", () -> new StreamObserver() {
                @Override
                public LastResult onLast(StreamEvent last, StreamSummary summary) {
                    atLast.addAll(exchange[0].client);
                    return LastResult.none()
                            .withEvent(StreamEvent.of("extra"))
                            .withTrailer("x-cost", "1")
                            .withLogField("count", 3);
                }
            });
            exchange[0] = new FakeExchange(chain.open());
            exchange[0].run("a");
            assertThat(atLast).containsExactly("head [content-type]", "raw:a");
            assertThat(exchange[0].client)
                    .containsExactly("head [content-type]", "raw:a", "extra", "LAST", "x-cost=1", "log watch{count=3}");
        }
    }

    @Test
    void thereIsNoLastCallUnlessTheStreamEndsProperly() {
        try (var chain = new ChainFixture()) {
            var watcher = new Watcher();
            chain.observer("watch", () -> watcher);
            var exchange = new FakeExchange(chain.open());
            exchange.begin();
            exchange.event("a");
            exchange.finish(StreamOutcome.Kind.UPSTREAM_TRUNCATED);
            assertThat(watcher.seen).containsExactly("start", "1:a", "finish upstream_truncated");
        }
    }

    @Test
    void detachLetsTheObserverGoWhenItsQueueIsFull() {
        try (var chain = new ChainFixture()) {
            var watcher = new Watcher();
            watcher.settings = ObserverSettings.defaults().withMaxEvents(2);
            watcher.gate.drainPermits();
            chain.observer("watch", () -> watcher);
            var exchange = new FakeExchange(chain.open());
            exchange.begin();
            awaitInside(watcher);
            List.of("a", "b", "c", "d").forEach(exchange::event);
            exchange.end();
            exchange.finish();
            assertThat(exchange.client).endsWith("raw:d", "LAST");
            eventually(LIMIT, () -> assertThat(watcher.seen).contains("finish completed"));
            assertThat(watcher.seen).doesNotContain("last 5").doesNotContain("1:a");
            assertThat(watcher.summary().drained()).isFalse();
            assertThat(watcher.summary().lost()).isEqualTo(3);
            assertThat(chain.meters.detachments("watch")).isEqualTo(1);
        }
    }

    @Test
    void gapSkipsAndTheSequenceShowsTheHole() {
        try (var chain = new ChainFixture()) {
            var watcher = new Watcher();
            watcher.settings = ObserverSettings.defaults().withMaxEvents(2).withOverflow(OverflowPolicy.gap());
            watcher.gate.drainPermits();
            chain.observer("watch", () -> watcher);
            var exchange = new FakeExchange(chain.open());
            exchange.begin();
            awaitInside(watcher);
            List.of("a", "b", "lost", "lost").forEach(exchange::event);
            watcher.gate.release(1000);
            eventually(LIMIT, () -> assertThat(watcher.seen).contains("2:b"));
            exchange.event("e");
            exchange.end();
            exchange.finish();
            assertThat(watcher.seen).containsExactly("start", "1:a", "2:b", "5:e", "last 6", "finish completed");
            assertThat(watcher.summary().lost()).isEqualTo(2);
            assertThat(watcher.summary().drained()).isFalse();
            assertThat(chain.meters.lost("watch")).isEqualTo(2);
        }
    }

    @Test
    void blockWaitsForRoom() {
        try (var chain = new ChainFixture()) {
            var watcher = new Watcher();
            watcher.settings = ObserverSettings.defaults()
                    .withMaxEvents(1)
                    .withOverflow(OverflowPolicy.block(Duration.ofSeconds(10)));
            watcher.pauseMillis = 5;
            chain.observer("watch", () -> watcher);
            new FakeExchange(chain.open()).run("a", "b", "c", "d", "e");
            assertThat(watcher.seen)
                    .containsExactly("start", "1:a", "2:b", "3:c", "4:d", "5:e", "last 6", "finish completed");
        }
    }

    @Test
    void blockDetachesAfterItsLimit() {
        try (var chain = new ChainFixture()) {
            var watcher = new Watcher();
            watcher.settings = ObserverSettings.defaults()
                    .withMaxEvents(1)
                    .withOverflow(OverflowPolicy.block(Duration.ofMillis(30)));
            watcher.gate.drainPermits();
            chain.observer("watch", () -> watcher);
            var exchange = new FakeExchange(chain.open());
            exchange.begin();
            awaitInside(watcher);
            List.of("a", "b", "c").forEach(exchange::event);
            assertThat(chain.meters.detachments("watch")).isEqualTo(1);
            exchange.end();
            exchange.finish();
            assertThat(exchange.client).endsWith("raw:c", "LAST");
        }
    }

    @Test
    void failEndsTheStreamWhenTheQueueIsFull() {
        try (var chain = new ChainFixture()) {
            var watcher = new Watcher();
            watcher.settings = ObserverSettings.defaults().withMaxEvents(1).withOverflow(OverflowPolicy.fail());
            watcher.gate.drainPermits();
            chain.observer("watch", () -> watcher);
            var exchange = new FakeExchange(chain.open());
            exchange.begin();
            awaitInside(watcher);
            assertThat(exchange.event("a")).isTrue();
            assertThat(exchange.event("b")).isFalse();
            exchange.finish();
            assertThat(exchange.outcome().kind()).isEqualTo(StreamOutcome.Kind.PLUGIN_ERROR);
            assertThat(exchange.outcome().plugin()).contains("watch");
        }
    }

    @Test
    void theQueueIsBoundedByBytesButOneEventAlwaysFits() {
        try (var chain = new ChainFixture()) {
            var watcher = new Watcher();
            watcher.settings = ObserverSettings.defaults().withMaxBytes(4).withOverflow(OverflowPolicy.gap());
            watcher.gate.drainPermits();
            chain.observer("watch", () -> watcher);
            var exchange = new FakeExchange(chain.open());
            exchange.begin();
            awaitInside(watcher);
            List.of("larger than four", "x").forEach(exchange::event);
            watcher.gate.release(1000);
            exchange.end();
            exchange.finish();
            assertThat(watcher.seen).containsExactly("start", "1:larger than four", "last 3", "finish completed");
        }
    }

    @Test
    void anObserverThatIsStillBusyAtTheDrainDeadlineIsInterruptedAndHasNoLastWord() {
        try (var chain = new ChainFixture(ChainFixture.STRICT)) {
            var watcher = new Watcher();
            chain.observer("busy", () -> watcher);
            var other = new Watcher();
            chain.observer("other", () -> other);
            var exchange = new FakeExchange(chain.open());
            exchange.begin();
            watcher.gate.drainPermits();
            exchange.event("a");
            exchange.end();
            exchange.finish();
            assertThat(exchange.client).endsWith("LAST");
            eventually(LIMIT, () -> assertThat(watcher.seen).contains("finish completed"));
            assertThat(watcher.seen).contains("interrupted").doesNotContain("last 2");
            assertThat(watcher.summary().drained()).isFalse();
            assertThat(other.seen).containsExactly("start", "1:a", "last 2", "finish completed");
        }
    }

    @Test
    void anObserverThatThrowsIsDetachedAndTheClientNoticesNothing() {
        try (var chain = new ChainFixture()) {
            var watcher = new Watcher();
            watcher.throwAt = "b";
            chain.observer("broken", () -> watcher);
            var exchange = new FakeExchange(chain.open()).run("a", "b", "c");
            assertThat(exchange.client).containsExactly("head [content-type]", "raw:a", "raw:b", "raw:c", "LAST");
            assertThat(watcher.seen)
                    .startsWith("start", "1:a")
                    .endsWith("finish completed")
                    .doesNotContain("3:c");
            assertThat(chain.meters.errors("broken", "observe")).isEqualTo(1);
        }
    }

    @Test
    void theFinishCallWaitsForAnObserverThatIsStillInside() throws InterruptedException {
        try (var chain = new ChainFixture(ChainFixture.STRICT)) {
            var entered = new CountDownLatch(1);
            var leave = new CountDownLatch(1);
            List<String> seen = new CopyOnWriteArrayList<>();
            chain.observer("stubborn", () -> new StreamObserver() {
                @Override
                public void onEvent(StreamEvent event) {
                    entered.countDown();
                    awaitStubbornly(leave);
                    seen.add("event done");
                }

                @Override
                public void onFinish(StreamOutcome outcome, StreamSummary summary) {
                    seen.add("finish " + Thread.currentThread().getName());
                }
            });
            var exchange = new FakeExchange(chain.open());
            exchange.begin();
            exchange.event("a");
            entered.await();
            exchange.finish(StreamOutcome.Kind.CLIENT_DISCONNECT);
            assertThat(seen).isEmpty();
            eventually(
                    LIMIT,
                    () -> assertThat(chain.runtime.watchdog().stuckCount()).isEqualTo(1));
            leave.countDown();
            eventually(LIMIT, () -> assertThat(seen).containsExactly("event done", "finish stream-s1/stubborn"));
            eventually(LIMIT, () -> {
                assertThat(chain.runtime.watchdog().stuckCount()).isZero();
                assertThat(chain.set().users()).isZero();
            });
        }
    }

    @Test
    void aRefusedStreamHasNoThreadAndNoStart() {
        try (var chain = new ChainFixture()) {
            var watcher = new Watcher();
            chain.observer("watch", () -> watcher);
            StreamHooks hooks = chain.open();
            hooks.finish(EndedAs.rejected("worker_cap"), ChainFixture.FACTS);
            assertThat(watcher.seen).containsExactly("finish rejected");
        }
    }

    private static void awaitInside(Watcher watcher) {
        eventually(LIMIT, () -> assertThat(watcher.seen).contains("start"));
        eventually(LIMIT, () -> assertThat(watcher.gate.hasQueuedThreads()).isTrue());
    }

    static void awaitStubbornly(CountDownLatch latch) {
        boolean done = false;
        while (!done) {
            try {
                latch.await();
                done = true;
            } catch (InterruptedException e) {
                // on purpose: some plugins are like this
            }
        }
    }

    /** Writes down what it sees, as fast as its gate lets it. */
    static final class Watcher implements StreamObserver {
        final List<String> seen = new CopyOnWriteArrayList<>();
        final Semaphore gate = new Semaphore(1_000_000);
        volatile ObserverSettings settings = ObserverSettings.defaults();
        volatile int pauseMillis;
        volatile String throwAt = "";
        private final List<StreamSummary> summaries = new CopyOnWriteArrayList<>();

        StreamSummary summary() {
            return summaries.getLast();
        }

        @Override
        public ObserverSettings settings() {
            return settings;
        }

        @Override
        public void onStart(ResponseHead head) throws InterruptedException {
            seen.add("start");
            pass();
        }

        @Override
        public void onEvent(StreamEvent event) throws InterruptedException {
            pass();
            if (event.data().equals(throwAt)) {
                throw new IllegalStateException("broken");
            }
            seen.add(event.sequence() + ":" + event.data());
        }

        private void pass() throws InterruptedException {
            try {
                gate.acquire();
                Thread.sleep(pauseMillis);
            } catch (InterruptedException e) {
                seen.add("interrupted");
                throw e;
            }
        }

        @Override
        public LastResult onLast(StreamEvent last, StreamSummary summary) {
            seen.add("last " + last.sequence());
            return LastResult.none();
        }

        @Override
        public void onFinish(StreamOutcome outcome, StreamSummary summary) {
            summaries.add(summary);
            seen.add("finish " + outcome.kind().label());
        }
    }
}
