// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.EventDecision;
import dev.penstock.spi.HoldBack;
import dev.penstock.spi.Hook;
import dev.penstock.spi.StreamEvent;
import dev.penstock.spi.StreamFilter;
import dev.penstock.spi.StreamOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class FilterPipelineTest {

    @Test
    void forwardingFiltersLeaveTheBytesAlone() {
        assertThat(client(events(event -> EventDecision.forward()), "a", "b"))
                .containsExactly("raw:a", "raw:b", "LAST");
    }

    @Test
    void replacesDropsAndMultiplies() {
        StreamFilter filter = events(event -> switch (event.data()) {
            case "drop" -> EventDecision.drop();
            case "twice" -> EventDecision.replace(event, event.withData("again"));
            case "mask" -> EventDecision.replace(event.withData("***"));
            default -> EventDecision.forward();
        });
        assertThat(client(filter, "a", "drop", "twice", "mask", "b"))
                .containsExactly("raw:a", "raw:twice", "again", "***", "raw:b", "LAST");
    }

    @Test
    void endSendsTheFarewellAndEndsProperly() {
        StreamFilter filter = events(event -> event.data().equals("bad")
                ? EventDecision.end("marker", StreamEvent.of("bye"))
                : EventDecision.forward());
        try (var chain = chain(filter)) {
            FakeExchange exchange = new FakeExchange(chain.open()).run("a", "bad", "never");
            assertThat(events(exchange)).containsExactly("raw:a", "bye", "LAST");
            assertThat(exchange.outcome().kind()).isEqualTo(StreamOutcome.Kind.STOPPED_BY_PLUGIN);
            assertThat(exchange.outcome().reason()).contains("marker");
            assertThat(exchange.outcome().plugin()).contains("f0");
        }
    }

    @Test
    void endWithoutFarewell() {
        assertThat(client(events(event -> EventDecision.end("stop")), "a")).containsExactly("LAST");
    }

    @Test
    void holdsAndGivesBackUntouched() {
        StreamFilter filter =
                window(event -> event.data().endsWith(".") ? EventDecision.forward() : EventDecision.hold());
        assertThat(client(filter, "a", "b.", "c", "d.")).containsExactly("raw:a", "raw:b.", "raw:c", "raw:d.", "LAST");
    }

    @Test
    void whatIsHeldAtTheEndIsGivenBackBeforeTheLastEvent() {
        assertThat(client(window(event -> EventDecision.hold()), "a", "b")).containsExactly("raw:a", "raw:b", "LAST");
    }

    @Test
    void releasesAPartAndKeepsTheTail() {
        StreamFilter filter = window(event -> EventDecision.releaseThrough(event.sequence() - 1));
        try (var chain = chain(filter)) {
            var exchange = new FakeExchange(chain.open());
            exchange.begin();
            exchange.event("a");
            exchange.event("b");
            exchange.event("c");
            assertThat(events(exchange)).containsExactly("raw:a", "raw:b");
            exchange.end();
            assertThat(events(exchange)).containsExactly("raw:a", "raw:b", "raw:c", "LAST");
            exchange.finish();
        }
    }

    @Test
    void replaceTakesThePlaceOfWhatIsHeldToo() {
        StreamFilter filter = window(event ->
                event.data().equals("cret") ? EventDecision.replace(event.withData("******")) : EventDecision.hold());
        assertThat(client(filter, "se", "cret")).containsExactly("******", "LAST");
    }

    @Test
    void endDropsWhatIsHeld() {
        StreamFilter filter = window(event -> event.data().equals("bad")
                ? EventDecision.end("blocked", StreamEvent.of("stopped"))
                : EventDecision.hold());
        assertThat(client(filter, "half of some", "bad")).containsExactly("stopped", "LAST");
    }

    @Test
    void aGuardMayEndTheStreamOverWhatItHoldsAtTheEnd() {
        StreamFilter filter = new StreamFilter() {
            @Override
            public HoldBack holdBack() {
                return WINDOW;
            }

            @Override
            public EventDecision onEvent(StreamEvent event) {
                return EventDecision.hold();
            }

            @Override
            public EventDecision beforeLast() {
                return EventDecision.end("tail", StreamEvent.of("sorry"));
            }
        };
        try (var chain = chain(filter)) {
            FakeExchange exchange = new FakeExchange(chain.open()).run("a");
            assertThat(events(exchange)).containsExactly("sorry", "LAST");
            assertThat(exchange.outcome().kind()).isEqualTo(StreamOutcome.Kind.STOPPED_BY_PLUGIN);
        }
    }

    @Test
    void beforeLastMayAdd() {
        StreamFilter filter = new StreamFilter() {
            @Override
            public EventDecision beforeLast() {
                return EventDecision.replace(StreamEvent.of("footer"));
            }
        };
        assertThat(client(filter, "a")).containsExactly("raw:a", "footer", "LAST");
    }

    @Test
    void holdingWithoutAWindowIsAFailure() {
        StreamFilter filter = events(event -> EventDecision.hold());
        try (var closed = chain(filter)) {
            FakeExchange exchange = new FakeExchange(closed.open()).run("a");
            assertThat(events(exchange)).containsExactly("error event, cut");
            assertThat(closed.meters.errors("f0", "event")).isEqualTo(1);
        }
        try (var open = new ChainFixture().filter("f0", false, () -> filter)) {
            assertThat(events(new FakeExchange(open.open()).run("a", "b"))).containsExactly("raw:a", "raw:b", "LAST");
        }
    }

    @Test
    void aFilterThatFailsOpenLosesNothingThatItHeld() {
        StreamFilter filter = window(event -> {
            if (event.data().equals("c")) {
                throw new IllegalStateException("broken");
            }
            return EventDecision.hold();
        });
        try (var chain = new ChainFixture().filter("f0", false, () -> filter)) {
            assertThat(events(new FakeExchange(chain.open()).run("a", "b", "c", "d")))
                    .containsExactly("raw:a", "raw:b", "raw:c", "raw:d", "LAST");
            assertThat(chain.meters.calls("f0", "event")).isEqualTo(3);
        }
    }

    @Test
    void aFullWindowAsksTheFilterToDecide() {
        StreamFilter filter = new StreamFilter() {
            @Override
            public HoldBack holdBack() {
                return HoldBack.window(Duration.ofMinutes(1), 4);
            }

            @Override
            public EventDecision onEvent(StreamEvent event) {
                return EventDecision.hold();
            }

            @Override
            public EventDecision onHoldLimit() {
                return EventDecision.releaseThrough(1);
            }
        };
        try (var chain = chain(filter)) {
            var exchange = new FakeExchange(chain.open());
            exchange.begin();
            exchange.event("aa");
            exchange.event("bb");
            assertThat(events(exchange)).isEmpty();
            exchange.event("cc");
            assertThat(events(exchange)).containsExactly("raw:aa");
            exchange.finish();
        }
    }

    @Test
    void holdingOnToAFullWindowIsAFailure() {
        StreamFilter filter = new StreamFilter() {
            @Override
            public HoldBack holdBack() {
                return HoldBack.window(Duration.ofMinutes(1), 1);
            }

            @Override
            public EventDecision onEvent(StreamEvent event) {
                return EventDecision.hold();
            }

            @Override
            public EventDecision onHoldLimit() {
                return EventDecision.hold();
            }
        };
        assertThat(client(filter, "aa")).containsExactly("error event, cut");
    }

    @Test
    void aWindowThatIsOverIsDecidedWithoutAnEvent() {
        AtomicLong time = new AtomicLong();
        try (var chain = new ChainFixture(ChainFixture.PATIENT, time::get)) {
            chain.filter("f0", true, () -> window(event -> EventDecision.hold()));
            StreamHooks hooks = chain.open();
            var exchange = new FakeExchange(hooks);
            exchange.begin();
            assertThat(hooks.holdDeadlineNanos()).isEmpty();
            exchange.event("a");
            assertThat(hooks.holdDeadlineNanos()).hasValue(WINDOW.time().toNanos());
            exchange.holdLimit();
            assertThat(events(exchange)).isEmpty();
            time.set(WINDOW.time().toNanos());
            exchange.holdLimit();
            assertThat(events(exchange)).containsExactly("raw:a");
            assertThat(hooks.holdDeadlineNanos()).isEmpty();
            exchange.finish();
        }
    }

    @Test
    void whatTheInnerFilterLetsOutTheOuterOneIsShown() {
        StreamFilter outer =
                events(event -> EventDecision.replace(event.withData(event.data() + "#" + event.sequence())));
        StreamFilter inner = events(event -> event.data().equals("x")
                ? EventDecision.drop()
                : EventDecision.replace(event.withData(event.data() + "1"), event.withData(event.data() + "2")));
        assertThat(client(List.of(outer, inner), "a", "x", "b"))
                .containsExactly("a1#1", "a2#2", "b1#3", "b2#4", "LAST");
    }

    @Test
    void anInnerEndLetsTheOuterFilterDecideAboutWhatItHolds() {
        StreamFilter outer = window(event -> EventDecision.hold());
        StreamFilter inner = events(event -> event.data().equals("bad")
                ? EventDecision.end("marker", StreamEvent.of("bye"))
                : EventDecision.forward());
        assertThat(client(List.of(outer, inner), "a", "bad", "never")).containsExactly("raw:a", "bye", "LAST");
    }

    @Test
    void anOuterEndStopsWhatAnInnerFilterReleases() {
        StreamFilter outer =
                events(event -> event.data().equals("b") ? EventDecision.end("enough") : EventDecision.forward());
        StreamFilter inner = window(event -> event.data().equals("c") ? EventDecision.forward() : EventDecision.hold());
        assertThat(client(List.of(outer, inner), "a", "b", "c", "d")).containsExactly("raw:a", "LAST");
    }

    @Test
    @SuppressWarnings("NullAway") // the point of the test
    void nullIsNoDecision() {
        StreamFilter filter = new StreamFilter() {
            @Override
            public @Nullable EventDecision onEvent(StreamEvent event) {
                return null;
            }
        };
        assertThat(client(filter, "a")).containsExactly("error event, cut");
    }

    @Test
    void filtersThatFailedOpenAreNotAskedAgainAndNobodyWantsEvents() {
        StreamFilter filter = events(event -> {
            throw new IllegalStateException("broken");
        });
        try (var chain = new ChainFixture().filter("f0", false, Set.of(Hook.EVENT), () -> filter)) {
            StreamHooks hooks = chain.open();
            assertThat(hooks.wantsEvents()).isTrue();
            new FakeExchange(hooks).run("a", "b");
            assertThat(hooks.wantsEvents()).isFalse();
            assertThat(chain.meters.errors("f0", "event")).isEqualTo(1);
        }
    }

    private static final HoldBack WINDOW = HoldBack.window(Duration.ofSeconds(1), 1024);

    private static StreamFilter events(Function<StreamEvent, EventDecision> decide) {
        return new StreamFilter() {
            @Override
            public EventDecision onEvent(StreamEvent event) {
                return decide.apply(event);
            }
        };
    }

    private static StreamFilter window(Function<StreamEvent, EventDecision> decide) {
        return new StreamFilter() {
            @Override
            public HoldBack holdBack() {
                return WINDOW;
            }

            @Override
            public EventDecision onEvent(StreamEvent event) {
                return decide.apply(event);
            }
        };
    }

    private static ChainFixture chain(StreamFilter filter) {
        Supplier<StreamFilter> one = () -> filter;
        return new ChainFixture().filter("f0", true, one);
    }

    private static List<String> client(StreamFilter filter, String... events) {
        return client(List.of(filter), events);
    }

    private static List<String> client(List<StreamFilter> filters, String... events) {
        try (var chain = new ChainFixture()) {
            for (int i = 0; i < filters.size(); i++) {
                StreamFilter filter = filters.get(i);
                chain.filter("f" + i, true, () -> filter);
            }
            return events(new FakeExchange(chain.open()).run(events));
        }
    }

    private static List<String> events(FakeExchange exchange) {
        return exchange.client.stream().filter(line -> !line.startsWith("head")).toList();
    }
}
