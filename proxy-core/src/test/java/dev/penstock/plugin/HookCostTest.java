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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Prints what plugins that do nothing cost the stream thread per event: {@code mvn test -Psoak -pl proxy-core -am
 * -Dtest=HookCostTest -Dsurefire.failIfNoSpecifiedTests=false}. The chains are measured in turns, and the median of each is
 * printed, because the machine may do something else meanwhile. The numbers are for people, who find those of one run in
 * DESIGN.md; only that every event arrives is asserted.
 */
@Tag("soak")
@Isolated("measures")
final class HookCostTest {
    private static final int EVENTS = 200_000;
    private static final int ROUNDS = 7;
    private static final byte[] RAW = ChainFixture.bytes("data: " + "x".repeat(200) + "\n\n");

    /** A chain, and what its rounds took. Confined to the test's thread. */
    private record Measured(String what, ChainFixture chain, List<Long> nanos) {
        static Measured of(String what, Consumer<ChainFixture> plugins) {
            var chain = new ChainFixture();
            plugins.accept(chain);
            return new Measured(what, chain, new ArrayList<>());
        }

        double perEvent() {
            var sorted = new ArrayList<>(nanos);
            Collections.sort(sorted);
            return sorted.get(sorted.size() / 2) / (double) EVENTS;
        }
    }

    @Test
    void printsTheCostPerEvent() {
        List<Measured> all = List.of(
                Measured.of("no plugin", chain -> {}),
                Measured.of(
                        "a filter for requests only",
                        chain -> chain.filter("f", true, Set.of(Hook.REQUEST), Idle::new)),
                Measured.of("1 filter that forwards", chain -> filters(chain, 1)),
                Measured.of("3 filters that forward", chain -> filters(chain, 3)),
                Measured.of("1 observer", chain -> observers(chain, 1)),
                Measured.of("6 observers", chain -> observers(chain, 6)));
        all.forEach(one -> round(one.chain())); // for the JIT
        for (int round = 0; round < ROUNDS; round++) {
            all.forEach(one -> one.nanos().add(round(one.chain())));
        }
        for (Measured one : all) {
            System.out.printf("%-28s %7.1f ns per event%n", one.what(), one.perEvent());
            one.chain().close();
        }
    }

    private static void filters(ChainFixture chain, int count) {
        repeat(count, i -> chain.filter("f" + i, true, Set.of(Hook.EVENT), Idle::new));
    }

    private static void observers(ChainFixture chain, int count) {
        repeat(count, i -> chain.observer("o" + i, Watching::new));
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
