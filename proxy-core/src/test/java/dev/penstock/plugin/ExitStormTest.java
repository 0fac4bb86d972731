// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.EventDecision;
import dev.penstock.spi.HoldBack;
import dev.penstock.spi.LastResult;
import dev.penstock.spi.ObserverSettings;
import dev.penstock.spi.OverflowPolicy;
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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Plugins that do anything anywhere, on many streams at once: whatever is opened is finished, once, and last. */
final class ExitStormTest {
    private static final int STREAMS = 3000;
    private static final int AT_ONCE = 100;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger finished = new AtomicInteger();
    private final List<String> broken = new CopyOnWriteArrayList<>();
    private final long seed = new Random().nextLong();
    private final AtomicLong streams = new AtomicLong();

    @Test
    void whateverPluginsDoEverythingOpenedIsFinishedOnceAndNothingIsLeft() throws InterruptedException {
        System.out.println("ExitStormTest seed " + seed);
        try (var chain = new ChainFixture(ChainFixture.STRICT)) {
            chain.add("one", true, Set.of(), Set.of(), new Wild())
                    .add("two", false, Set.of(), Set.of(), new Wild())
                    .add("three", true, Set.of(), Set.of(), new Wild());
            var slots = new Semaphore(AT_ONCE);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                slots.acquire();
                threads.add(Thread.ofVirtual().start(() -> {
                    try {
                        stream(chain);
                    } finally {
                        slots.release();
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            eventually(LIMIT, () -> {
                assertThat(finished).hasValue(opened.get());
                assertThat(chain.set().users()).isZero();
                assertThat(chain.runtime.watchdog().stuckCount()).isZero();
            });
            assertThat(broken).isEmpty();
            assertThat(chain.runtime.watchdog().watchedCount()).isZero();
            assertThat(opened.get()).isGreaterThan(STREAMS);
        }
    }

    private void stream(ChainFixture chain) {
        Random random = new Random(seed + streams.incrementAndGet());
        StreamHooks hooks = chain.open();
        var exchange = new FakeExchange(hooks);
        int leaveAt = random.nextInt(12);
        boolean going = leaveAt > 0 && exchange.begin();
        for (int i = 1; going && i < 10; i++) {
            going = i != leaveAt && exchange.event("event " + i);
        }
        if (going) {
            exchange.end();
        }
        if (random.nextInt(10) == 0) {
            hooks.cancel();
        }
        exchange.finish();
        if (Thread.currentThread().isInterrupted()) {
            broken.add("stray interrupt");
        }
    }

    /** What opens counts; what is called after its end is broken. */
    private final class Wild implements Plugin {
        @Override
        public Optional<StreamFilter> filter(StreamInfo stream) {
            Random random = random(stream);
            return random.nextInt(20) == 0 ? Optional.empty() : Optional.of(new WildFilter(random));
        }

        @Override
        public Optional<StreamObserver> observer(StreamInfo stream) {
            Random random = random(stream);
            return random.nextInt(20) == 0 ? Optional.empty() : Optional.of(new WildObserver(random));
        }

        private Random random(StreamInfo stream) {
            return new Random(seed ^ ((long) stream.id().hashCode() << 20) ^ opened.get());
        }
    }

    private abstract class Counted {
        private final Random random;
        private boolean over;

        Counted(Random random) {
            this.random = random;
            opened.incrementAndGet();
        }

        int dice() throws Exception {
            if (over) {
                broken.add("called after its end");
            }
            int dice = random.nextInt(40);
            if (dice == 39) {
                throw new IllegalStateException("wild");
            }
            return dice;
        }

        void end() {
            if (over) {
                broken.add("finished twice");
            }
            over = true;
            finished.incrementAndGet();
        }
    }

    private final class WildFilter extends Counted implements StreamFilter {
        WildFilter(Random random) {
            super(random);
        }

        @Override
        public HoldBack holdBack() throws Exception {
            return dice() < 20 ? HoldBack.none() : HoldBack.window(Duration.ofMillis(200), 40);
        }

        @Override
        public RequestDecision onRequest(RequestDraft request) throws Exception {
            return switch (dice()) {
                case 0 -> RequestDecision.reject(403, "no", "no");
                case 1 -> RequestDecision.answer(200, Map.of(), "yes".getBytes(StandardCharsets.UTF_8));
                default -> RequestDecision.proceed();
            };
        }

        @Override
        public ResponseDecision onResponseHead(ResponseHead head) throws Exception {
            return dice() == 0 ? ResponseDecision.reject(502, "no", "no") : ResponseDecision.proceed();
        }

        @Override
        public EventDecision onEvent(StreamEvent event) throws Exception {
            return switch (dice()) {
                case 0 -> EventDecision.end("wild");
                case 1 -> EventDecision.drop();
                case 2 -> EventDecision.replace(event, event);
                case 3, 4, 5 -> EventDecision.hold();
                default -> EventDecision.forward();
            };
        }

        @Override
        public EventDecision onHoldLimit() throws Exception {
            return dice() < 5 ? EventDecision.hold() : EventDecision.forward();
        }

        @Override
        public EventDecision beforeLast() throws Exception {
            return dice() == 0 ? EventDecision.end("late") : EventDecision.forward();
        }

        @Override
        public void onFinish(StreamOutcome outcome, StreamSummary summary) {
            end();
        }
    }

    private final class WildObserver extends Counted implements StreamObserver {
        WildObserver(Random random) {
            super(random);
        }

        @Override
        public ObserverSettings settings() throws Exception {
            OverflowPolicy policy = dice() < 20 ? OverflowPolicy.fail() : OverflowPolicy.gap();
            return ObserverSettings.defaults().withMaxEvents(2).withOverflow(policy);
        }

        @Override
        public void onStart(ResponseHead head) throws Exception {
            dice();
        }

        @Override
        public void onEvent(StreamEvent event) throws Exception {
            if (dice() == 0) {
                Thread.sleep(5);
            }
        }

        @Override
        public LastResult onLast(StreamEvent last, StreamSummary summary) throws Exception {
            dice();
            return LastResult.none();
        }

        @Override
        public void onFinish(StreamOutcome outcome, StreamSummary summary) {
            end();
        }
    }
}
