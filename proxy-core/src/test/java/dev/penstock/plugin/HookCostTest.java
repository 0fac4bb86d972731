// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.EventDecision;
import dev.penstock.spi.Hook;
import dev.penstock.spi.ObserverSettings;
import dev.penstock.spi.OverflowPolicy;
import dev.penstock.spi.StreamEvent;
import dev.penstock.spi.StreamFilter;
import dev.penstock.spi.StreamObserver;
import dev.penstock.spi.StreamOutcome;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Prints what plugins that do nothing cost the stream thread per event: {@code mvn test -pl proxy-core -Dtest=HookCostTest
 * -DexcludedGroups= -Dgroups=soak}. The numbers are for people; only that every event arrives is asserted.
 */
@Tag("soak")
final class HookCostTest {
    private static final int EVENTS = 200_000;
    private static final int ROUNDS = 5;
    private static final byte[] RAW = ChainFixture.bytes("data: " + "x".repeat(200) + "\n\n");

    @Test
    void printsTheCostPerEvent() {
        measure("no plugin", chain -> {});
        measure("a filter for requests only", chain -> chain.filter("f", true, Set.of(Hook.REQUEST), Idle::new));
        measure("1 filter that forwards", chain -> chain.filter("f", true, Set.of(Hook.EVENT), Idle::new));
        measure(
                "3 filters that forward",
                chain -> repeat(3, i -> chain.filter("f" + i, true, Set.of(Hook.EVENT), Idle::new)));
        measure("1 observer", chain -> chain.observer("o", Watching::new));
        measure("6 observers", chain -> repeat(6, i -> chain.observer("o" + i, Watching::new)));
    }

    private static void measure(String what, Consumer<ChainFixture> plugins) {
        try (var chain = new ChainFixture()) {
            plugins.accept(chain);
            long best = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS; round++) {
                best = Math.min(best, round(chain));
            }
            System.out.printf("%-28s %6d ns per event%n", what, best / EVENTS);
        }
    }

    private static long round(ChainFixture chain) {
        StreamHooks hooks = chain.open();
        hooks.onRequest(ChainFixture.request());
        hooks.onResponseHead(ChainFixture.HEAD);
        hooks.committed();
        int forwarded = 0;
        long start = System.nanoTime();
        for (int i = 0; i < EVENTS; i++) {
            if (hooks.wantsEvents() || hooks.observes()) {
                forwarded += hooks.onEvent("", RAW, Optional.empty(), RAW) instanceof EventAnswer.Forward ? 1 : 0;
            }
            hooks.flushed();
        }
        long took = System.nanoTime() - start;
        assertThat(forwarded).isIn(0, EVENTS);
        hooks.finish(ChainFixture.ended(StreamOutcome.Kind.COMPLETED), ChainFixture.FACTS);
        return took;
    }

    private static void repeat(int times, IntConsumer body) {
        for (int i = 0; i < times; i++) {
            body.accept(i);
        }
    }

    /** Takes what it can get. */
    private record Watching() implements StreamObserver {
        @Override
        public ObserverSettings settings() {
            return ObserverSettings.defaults().withMaxEvents(65_536).withOverflow(OverflowPolicy.gap());
        }
    }

    /** Forwards everything. */
    private record Idle() implements StreamFilter {
        @Override
        public EventDecision onEvent(StreamEvent event) {
            return EventDecision.forward();
        }
    }
}
