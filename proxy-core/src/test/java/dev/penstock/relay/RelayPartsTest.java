// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.dialect.Dialect;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The small parts of the relay: turn, pace, what goes out, progress, and the relay of plain bodies. */
class RelayPartsTest {
    private static final long LONG_WAIT = 1_000_000;
    private static final Turn.Limits NO_TURN = new Turn.Limits(Optional.empty(), Optional.empty(), Optional.empty());

    private final AtomicInteger yields = new AtomicInteger();
    private final FakeSink sink = new FakeSink();
    private final RelayProgress progress = new RelayProgress();

    private Turn turn(Optional<Integer> events, Optional<Long> bytes, Optional<Long> nanos) {
        var turn = new Turn(new Turn.Limits(events, bytes, nanos), took -> yields.incrementAndGet());
        turn.waited(LONG_WAIT, 1);
        return turn;
    }

    @Test
    void yieldsWhenTheEventsOfATurnAreSpent() {
        Turn turn = turn(Optional.of(3), Optional.empty(), Optional.empty());

        turn.spend(2, 1 << 30, 1);
        assertThat(yields).hasValue(0);
        turn.spend(1, 0, 1);
        assertThat(yields).hasValue(1);
        turn.spend(2, 0, 1);
        assertThat(yields).hasValue(1);
    }

    @Test
    void yieldsWhenTheBytesOfATurnAreSpent() {
        Turn turn = turn(Optional.empty(), Optional.of(100L), Optional.empty());

        turn.spend(1000, 99, 1);
        assertThat(yields).hasValue(0);
        turn.spend(0, 1, 1);
        assertThat(yields).hasValue(1);
    }

    @Test
    void yieldsWhenTheTimeOfATurnIsOver() {
        Turn turn = turn(Optional.empty(), Optional.empty(), Optional.of(1_000L));

        turn.spend(1, 1, 1_000);
        assertThat(yields).hasValue(0);
        turn.spend(1, 1, 1_001);
        assertThat(yields).hasValue(1);
    }

    @Test
    void beginsANewTurnAfterAPark() {
        Turn turn = turn(Optional.of(3), Optional.empty(), Optional.empty());

        for (int i = 0; i < 10; i++) {
            turn.spend(2, 0, i);
            turn.waited(LONG_WAIT, i);
        }

        assertThat(yields).hasValue(0);
    }

    @Test
    void doesNotTakeAReadThatDidNotParkForAPark() {
        Turn turn = turn(Optional.of(3), Optional.empty(), Optional.empty());

        for (int i = 0; i < 9; i++) {
            turn.spend(1, 0, i);
            turn.waited(60_000, i);
        }

        assertThat(yields).hasValue(3);
    }

    @Test
    void neverYieldsWithoutBounds() {
        Turn turn = turn(Optional.empty(), Optional.empty(), Optional.empty());

        turn.spend(Integer.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);

        assertThat(yields).hasValue(0);
    }

    @Test
    void booksTurnsOneBehindTheOtherOnAllCarriersButOne() {
        var time = new HotTime(3);

        assertThat(time.book(1_000, 1L << 60)).isZero();
        assertThat(time.book(1_000, 1L << 60)).isEqualTo(500);
        assertThat(time.book(1_000, (1L << 60) + 200)).isEqualTo(800);
        assertThat(time.book(1_000, (1L << 60) + 5_000)).isZero();
    }

    @Test
    void leavesHalfOfTheOnlyCarrier() {
        var time = new HotTime(1);

        assertThat(time.book(1_000, 1L << 60)).isZero();
        assertThat(time.book(1_000, 1L << 60)).isEqualTo(2_000);
    }

    @Test
    void booksNoMoreThanATurnCanTake() {
        var time = new HotTime(2);

        assertThat(time.book(Duration.ofMinutes(1).toNanos(), 1L << 60)).isZero();
        assertThat(time.book(1_000, 1L << 60)).isEqualTo(10_000_000);
    }

    @Test
    void aStreamThatIsGivenUpWaitsForNoTurn() {
        var time = new HotTime(2);
        for (int i = 0; i < 1_000; i++) {
            time.pass(10_000_000, () -> true);
        }

        assertThat(time.book(0, System.nanoTime()))
                .as("still booked, because nobody waited for it")
                .isGreaterThan(Duration.ofSeconds(5).toNanos());
    }

    @Test
    void tellsHowLongItPaused() {
        var pace = new Pace(Optional.of(1000), Optional.empty(), () -> false);

        assertThat(pace.spend(20, 0))
                .isGreaterThanOrEqualTo(Duration.ofMillis(20).toNanos());
        assertThat(new Pace(Optional.empty(), Optional.empty(), () -> false).spend(20, 20))
                .isZero();
    }

    @Test
    void holdsAStreamToItsPace() {
        var pace = new Pace(Optional.of(1000), Optional.empty(), () -> false);
        long start = System.nanoTime();

        pace.spend(20, 0);
        pace.spend(20, 0);

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(40_000_000L);
    }

    @Test
    void paysTheDearerOfEventsAndBytes() {
        var pace = new Pace(Optional.of(1_000_000), Optional.of(1000L), () -> false);
        long start = System.nanoTime();

        pace.spend(1, 30);

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(30_000_000L);
    }

    @Test
    void leavesAPauseWhenTheStreamIsGivenUp() throws InterruptedException {
        var givenUp = new AtomicBoolean();
        var pace = new Pace(Optional.empty(), Optional.of(1L), givenUp::get);
        Thread stream = Thread.ofVirtual().start(() -> pace.spend(0, 1_000_000));

        givenUp.set(true);

        assertThat(stream.join(java.time.Duration.ofSeconds(20))).isTrue();
    }

    @Test
    @SuppressWarnings("ByteBufferBackingArray") // Whether it is a slice of this very array is what is asked.
    void sendsNeighboursInTheChunkAsOneSliceOfIt() {
        byte[] chunk = "__data: 1\n\ndata: 2\n\n".getBytes(UTF_8);
        var outgoing = new Outgoing();
        outgoing.begin(chunk);

        new SseParser(100).feed(chunk, 2, chunk.length - 2, outgoing::add);
        ByteBuffer taken = outgoing.take();

        assertThat(taken.array()).isSameAs(chunk);
        assertThat(text(taken)).isEqualTo("data: 1\n\ndata: 2\n\n");
        assertThat(outgoing.isEmpty()).isTrue();
    }

    @Test
    void keepsTheOrderOfSlicesAndCopies() {
        byte[] chunk = "data: 1\n\ndata: 2\n\ndata: 3\n\n".getBytes(UTF_8);
        var outgoing = new Outgoing();
        outgoing.begin(chunk);
        outgoing.add("data: 0\n\n".getBytes(UTF_8));

        new SseParser(100).feed(chunk, 0, chunk.length, event -> {
            if (!event.dataText().equals("2")) {
                outgoing.add(event);
                outgoing.add("data: +\n\n".getBytes(UTF_8));
            }
        });

        assertThat(text(outgoing.take())).isEqualTo("data: 0\n\ndata: 1\n\ndata: +\n\ndata: 3\n\ndata: +\n\n");
        assertThat(outgoing.isEmpty()).isTrue();
    }

    @Test
    void forgetsWhatIsDiscarded() {
        byte[] chunk = "data: 1\n\n".getBytes(UTF_8);
        var outgoing = new Outgoing();
        outgoing.begin(chunk);
        new SseParser(100).feed(chunk, 0, chunk.length, outgoing::add);
        outgoing.add(chunk);

        outgoing.discard();

        assertThat(outgoing.isEmpty()).isTrue();
    }

    private static String text(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return new String(copy, UTF_8);
    }

    private RelayEnd plain(ChunkSource source, Optional<Long> limit, long expected) {
        var settings = new RelaySettings(1, limit, Optional.empty(), Optional.empty(), NO_TURN, false, false, false);
        var usage = Dialect.OPENAI_CHAT.newUsageScanner();
        RelayEnd end = new PlainRelay(source, sink, settings, progress, usage, expected).run();
        assertThat(usage.usage().output().orElse(0)).isIn(0L, 7L);
        return end;
    }

    @Test
    void relaysAPlainBodyReadByRead() {
        RelayEnd end = plain(FakeSource.of("{\"usage\":{\"completion_", "tokens\":7}}"), Optional.empty(), -1);

        assertThat(end).isEqualTo(new RelayEnd.Complete());
        assertThat(sink.writes()).containsExactly("{\"usage\":{\"completion_", "tokens\":7}}");
        assertThat(progress.bytesIn()).isEqualTo(progress.bytesOut()).isEqualTo(sink.all().length);
        assertThat(progress.terminalSeen()).isFalse();
    }

    @Test
    void knowsThatAPlainBodyIsWholeWithItsLastPromisedByte() {
        plain(FakeSource.of("abc", "def"), Optional.empty(), 6);

        assertThat(progress.terminalSent()).isTrue();
        assertThat(progress.terminalSentAt()).isNotZero();
    }

    @Test
    void stopsAPlainBodyThatIsTooLarge() {
        assertThat(plain(FakeSource.of("abc", "def"), Optional.of(5L), 6)).isInstanceOf(RelayEnd.LimitExceeded.class);
        assertThat(sink.text()).isEqualTo("abc");
    }

    @Test
    void letsThePlainBodysFailuresPass() {
        var reset = new IllegalStateException("reset");
        assertThatThrownBy(() -> plain(FakeSource.of("abc").failing(reset), Optional.empty(), -1))
                .isSameAs(reset);
        assertThatThrownBy(() -> new PlainRelay(
                                FakeSource.of("abc"),
                                new FakeSink().leavingAfter(0),
                                new RelaySettings(
                                        1,
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        NO_TURN,
                                        false,
                                        false,
                                        false),
                                new RelayProgress(),
                                Dialect.OPENAI_CHAT.newUsageScanner(),
                                -1)
                        .run())
                .isInstanceOf(ClientGoneException.class);
    }

    @Test
    void recordsFirstsAndLastsOfAStream() {
        assertThat(progress.firstEventAt()).isZero();
        long since = progress.waiting();
        assertThat(progress.readingSince()).isEqualTo(since).isNotZero();
        long now = progress.waited(since);
        assertThat(progress.readingSince()).isZero();
        progress.received(10, now);
        progress.token();
        long second = progress.waited(progress.waiting());
        progress.received(5, second);
        progress.token();
        progress.written(15, second);

        assertThat(progress.firstEventAt()).isEqualTo(now);
        assertThat(progress.firstTokenAt()).isEqualTo(now);
        assertThat(progress.lastTokenAt()).isEqualTo(second);
        assertThat(progress.bytesIn()).isEqualTo(15);
        assertThat(progress.bytesOut()).isEqualTo(15);
        assertThat(progress.tokenEvents()).isEqualTo(2);
        assertThat(progress.terminalSent()).isFalse();
        assertThat(progress.clientWaitNanos()).isPositive();
        assertThat(progress.upstreamWaitNanos()).isPositive();
    }

    @Test
    void remembersWhenTheTerminalEventWasSentNotWhatCameAfter() {
        progress.terminal();
        progress.written(1, System.nanoTime());
        long sent = progress.terminalSentAt();
        progress.written(1, System.nanoTime());

        assertThat(sent).isNotZero();
        assertThat(progress.terminalSentAt()).isEqualTo(sent);
    }
}
