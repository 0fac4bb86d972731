// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.dialect.Dialect;
import dev.penstock.dialect.StreamInspector;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseRelayTest {
    private static final String HELLO = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hello\"}}]}\n\n";
    private static final String WORLD = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"wörld\"}}]}\n\n";
    private static final String USAGE =
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}\n\n";
    private static final String ERROR = "data: {\"error\":{\"message\":\"overloaded\"}}\n\n";
    private static final String DONE = "data: [DONE]\n\n";
    private static final Turn.Limits TURN = new Turn.Limits(Optional.of(64), Optional.empty(), Optional.empty());

    private final FakeSink sink = new FakeSink();
    private final RelayProgress progress = new RelayProgress();
    private StreamInspector inspector = Dialect.OPENAI_CHAT.newInspector();
    private EventStage stage = EventStage.NONE;
    private long eventBytes = 1 << 20;
    private Optional<Long> responseBytes = Optional.empty();
    private boolean hideUsage;
    private boolean hasTerminal = true;
    private boolean withholdFirstError;

    private RelayEnd relay(ChunkSource source) {
        return relay(source, sink);
    }

    private RelayEnd relay(ChunkSource source, ClientSink to) {
        var settings = new RelaySettings(
                eventBytes,
                responseBytes,
                Optional.empty(),
                Optional.empty(),
                TURN,
                hideUsage,
                hasTerminal,
                withholdFirstError);
        return new SseRelay(source, to, stage, inspector, settings, progress).run();
    }

    private void passthrough() {
        inspector = Dialect.PASSTHROUGH.newInspector();
        hasTerminal = false;
    }

    @Test
    void writesOnceForEachReadAndInOrder() {
        RelayEnd end = relay(FakeSource.of(HELLO, WORLD + USAGE, DONE));

        assertThat(end).isEqualTo(new RelayEnd.Complete());
        assertThat(sink.writes()).containsExactly(HELLO, WORLD + USAGE, DONE);
        assertThat(progress.events()).isEqualTo(4);
        assertThat(progress.tokenEvents()).isEqualTo(2);
        assertThat(progress.terminalSent()).isTrue();
    }

    @Test
    void readsOnlyAfterTheLastWrite() {
        var source = FakeSource.of(HELLO, WORLD, DONE);
        List<Integer> readsAtWrite = new ArrayList<>();

        relay(source, sink.onWrite(() -> readsAtWrite.add(source.reads())));

        assertThat(readsAtWrite).containsExactly(1, 2, 3);
    }

    @Test
    void writesWholeEventsOnlyHoweverTheInputIsCut() {
        byte[] stream = (": hi\n\n" + HELLO + "event: x\r\ndata: 1\r\ndata: 2\r\n\r\n" + WORLD + DONE).getBytes(UTF_8);
        for (int cut = 0; cut <= stream.length; cut++) {
            var local = new FakeSink();
            var test = new SseRelayTest();

            RelayEnd end = test.relay(FakeSource.cut(stream, cut), local);

            assertThat(end).isEqualTo(new RelayEnd.Complete());
            assertThat(local.all()).isEqualTo(stream);
            for (String write : local.writes()) {
                assertThat(write).as("cut at " + cut).matches("(?s)(.*(\n\n|\r\n\r\n|\r\n\r)|\n)");
            }
        }
    }

    @Test
    void keepsEveryByteWhenItIsFedByteByByte() {
        byte[] stream =
                ("\uFEFFdata:a\rdata: b\r\r: c\r\rid: 1\rretry: 5\rdata\r\rdata: €😀\n\n" + DONE).getBytes(UTF_8);
        List<byte[]> bytes = new ArrayList<>();
        for (byte b : stream) {
            bytes.add(new byte[] {b});
        }

        assertThat(relay(FakeSource.of(bytes))).isEqualTo(new RelayEnd.Complete());
        assertThat(sink.all()).isEqualTo(stream);
        assertThat(progress.seenId()).isTrue();
    }

    @Test
    void neverShowsAnEventThatTheUpstreamCut() {
        RelayEnd end = relay(FakeSource.of(HELLO, "data: {\"choices\":[{\"del"));

        assertThat(end).isEqualTo(new RelayEnd.Truncated());
        assertThat(sink.text()).isEqualTo(HELLO);
    }

    @Test
    void takesAStreamWithoutItsTerminalEventForTruncated() {
        assertThat(relay(FakeSource.of(HELLO, WORLD))).isEqualTo(new RelayEnd.Truncated());
        assertThat(relay(FakeSource.of())).isEqualTo(new RelayEnd.Truncated());
        assertThat(relay(FakeSource.of(": nothing\n\n"))).isEqualTo(new RelayEnd.Truncated());
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: [DONE]", "data: [DONE]\n", "data: [DONE]\r\n", "data:[DONE]\r"})
    void takesATerminalEventWithoutItsBlankLineAndKeepsItAsItIs(String done) {
        assertThat(relay(FakeSource.of(HELLO + done))).isEqualTo(new RelayEnd.Complete());

        assertThat(sink.text()).isEqualTo(HELLO + done);
        assertThat(progress.terminalSent()).isTrue();
    }

    @Test
    void findsATerminalEventThatIsSplitOverReads() {
        for (int cut = 1; cut < DONE.length(); cut++) {
            var test = new SseRelayTest();
            assertThat(test.relay(FakeSource.of(HELLO, DONE.substring(0, cut), DONE.substring(cut))))
                    .isEqualTo(new RelayEnd.Complete());
            assertThat(test.sink.text()).isEqualTo(HELLO + DONE);
        }
    }

    @Test
    void endsAStreamWithoutTerminalEventsWithItsFraming() {
        passthrough();

        assertThat(relay(FakeSource.of("data: 1\n\n", "data: 2"))).isEqualTo(new RelayEnd.Complete());
        assertThat(sink.text()).isEqualTo("data: 1\n\ndata: 2");
    }

    @Test
    void relaysWhatComesAfterTheTerminalEventAsItIs() {
        RelayEnd end = relay(FakeSource.of(HELLO + DONE + ": bye\n\n", ERROR, "data: ju", "nk"));

        assertThat(end).isEqualTo(new RelayEnd.Complete());
        assertThat(sink.text()).isEqualTo(HELLO + DONE + ": bye\n\n" + ERROR + "data: junk");
        assertThat(progress.events()).isEqualTo(2);
    }

    @Test
    void cannotBeDrivenOverItsLimitsAfterTheTerminalEvent() {
        eventBytes = 200;
        responseBytes = Optional.of(500L);

        assertThat(relay(FakeSource.of(HELLO + DONE, "x".repeat(300), "x".repeat(300))))
                .isEqualTo(new RelayEnd.Complete());
        assertThat(sink.text()).isEqualTo(HELLO + DONE);
    }

    @Test
    void reportsAnErrorEventThatEndsTheStreamAndKeepsItVerbatim() {
        assertThat(relay(FakeSource.of(HELLO, ERROR))).isEqualTo(new RelayEnd.UpstreamError());
        assertThat(sink.text()).isEqualTo(HELLO + ERROR);
        assertThat(progress.errorSeen()).isTrue();
    }

    @Test
    void reportsAnErrorEventThatIsFollowedByTheTerminalEvent() {
        assertThat(relay(FakeSource.of(HELLO, ERROR, DONE))).isEqualTo(new RelayEnd.CompleteWithError());
        assertThat(sink.text()).isEqualTo(HELLO + ERROR + DONE);
    }

    @Test
    void withholdsAnErrorEventThatComesFirst() {
        withholdFirstError = true;

        assertThat(relay(FakeSource.of(": waiting\n\n" + ERROR, DONE))).isEqualTo(new RelayEnd.ErrorWithheld());
        assertThat(sink.writes()).isEmpty();
    }

    @Test
    void showsAnErrorEventOnceAnythingHasGoneOn() {
        withholdFirstError = true;

        assertThat(relay(FakeSource.of(": waiting\n\n", ERROR))).isEqualTo(new RelayEnd.UpstreamError());
        assertThat(sink.text()).isEqualTo(": waiting\n\n" + ERROR);
    }

    @Test
    void hidesTheUsageThatOnlyWeAskedFor() {
        hideUsage = true;

        assertThat(relay(FakeSource.of(HELLO + USAGE + WORLD, USAGE, DONE))).isEqualTo(new RelayEnd.Complete());
        assertThat(sink.writes()).containsExactly(HELLO + WORLD, DONE);
        assertThat(inspector.usage().output()).hasValue(2);
    }

    @Test
    void hidesUsageThatSharesItsReadWithTheEnd() {
        hideUsage = true;

        assertThat(relay(FakeSource.of(HELLO.substring(0, 9), HELLO.substring(9) + USAGE + DONE)))
                .isEqualTo(new RelayEnd.Complete());
        assertThat(sink.text()).isEqualTo(HELLO + DONE);
    }

    @Test
    void stopsAtAnEventThatIsTooLargeAfterWritingWhatCameBefore() {
        eventBytes = 100;

        assertThat(relay(FakeSource.of(HELLO + "data: " + "x".repeat(200), DONE)))
                .isEqualTo(new RelayEnd.LimitExceeded("an event is larger than 100 bytes"));
        assertThat(sink.text()).isEqualTo(HELLO);
    }

    @Test
    void stopsWhenTheAnswerIsTooLarge() {
        responseBytes = Optional.of(HELLO.length() + 5L);

        assertThat(relay(FakeSource.of(HELLO, WORLD, DONE))).isInstanceOf(RelayEnd.LimitExceeded.class);
        assertThat(sink.text()).isEqualTo(HELLO);
    }

    @Test
    void letsFailuresOfTheUpstreamPass() {
        var reset = new IllegalStateException("reset");

        assertThatThrownBy(() -> relay(FakeSource.of(HELLO).failing(reset))).isSameAs(reset);
        assertThat(sink.text()).isEqualTo(HELLO);
    }

    @Test
    void stopsReadingWhenTheClientHasLeft() {
        var source = FakeSource.of(HELLO, WORLD, WORLD, DONE);

        assertThatThrownBy(() -> relay(source, sink.leavingAfter(1))).isInstanceOf(ClientGoneException.class);
        assertThat(source.reads()).isEqualTo(2);
        assertThat(progress.terminalSent()).isFalse();
    }

    @Test
    void isNotSentWhenTheClientLeavesBeforeTheTerminalEventIsWritten() {
        assertThatThrownBy(() -> relay(FakeSource.of(HELLO, DONE), sink.leavingAfter(1)))
                .isInstanceOf(ClientGoneException.class);
        assertThat(progress.terminalSeen()).isTrue();
        assertThat(progress.terminalSent()).isFalse();
    }

    @Test
    void letsFiltersForwardReplaceDropAndAdd() {
        FakeStage filter = FakeStage.filtering(text -> text.contains("hello")
                ? FakeStage.replace("data: 1\n\n", "data: 2\n\n")
                : text.contains("usage") ? FakeStage.replace() : EventStage.Verdict.FORWARD);
        stage = filter;

        assertThat(relay(FakeSource.of(HELLO + WORLD + USAGE + WORLD, DONE))).isEqualTo(new RelayEnd.Complete());
        assertThat(sink.writes()).containsExactly("data: 1\n\ndata: 2\n\n" + WORLD + WORLD, DONE);
        assertThat(filter.asked).containsExactly(HELLO, WORLD, USAGE, WORLD);
    }

    @Test
    void asksFiltersAboutEventsOnlyAndNotAboutComments() {
        FakeStage filter = FakeStage.filtering(text -> FakeStage.replace());
        stage = filter;

        relay(FakeSource.of(": ping\n\n" + HELLO + "retry: 3\n\n" + DONE));

        assertThat(filter.asked).containsExactly(HELLO);
        assertThat(sink.text()).isEqualTo(": ping\n\nretry: 3\n\n" + DONE);
    }

    @Test
    void neverAsksFiltersAboutUsageThatTheClientMustNotSee() {
        hideUsage = true;
        FakeStage filter = FakeStage.observing();
        stage = filter;

        relay(FakeSource.of(HELLO + USAGE + DONE));

        assertThat(filter.asked).containsExactly(HELLO);
    }

    @Test
    void releasesWhatAFilterHeldBeforeTheLastEvent() {
        FakeStage filter = FakeStage.filtering(text -> FakeStage.replace())
                .holding("data: held\n\n")
                .adding("data: extra\n\n")
                .seeing(sink);
        stage = filter;

        assertThat(relay(FakeSource.of(HELLO, WORLD + DONE))).isEqualTo(new RelayEnd.Complete());
        assertThat(sink.text()).isEqualTo("data: held\n\ndata: extra\n\n" + DONE);
        assertThat(filter.last).containsExactly(DONE);
        assertThat(filter.clientHadAtLast).isEqualTo("data: held\n\n");
    }

    @Test
    void releasesWhatAFilterHeldWhenItsTimeIsOver() {
        stage = FakeStage.filtering(text -> EventStage.Verdict.FORWARD).holdingForAWhile("data: late\n\n");

        assertThat(relay(FakeSource.of(HELLO, DONE))).isEqualTo(new RelayEnd.Complete());
        assertThat(sink.writes()).containsExactly("data: late\n\n", HELLO, DONE);
    }

    @Test
    void endsWithAFiltersFarewellAndTheDialectsTerminalEvent() {
        FakeStage chain = FakeStage.filtering(
                        text -> text.contains("hello") ? EventStage.Verdict.FORWARD : FakeStage.end("data: bye\n\n"))
                .adding("data: extra\n\n");
        stage = chain;

        assertThat(relay(FakeSource.of(HELLO + WORLD + WORLD, DONE))).isEqualTo(new RelayEnd.StoppedByPlugin());
        assertThat(sink.text()).isEqualTo(HELLO + "data: bye\n\ndata: extra\n\n" + DONE);
        assertThat(chain.asked).containsExactly(HELLO, WORLD);
        assertThat(progress.terminalSent()).isTrue();
    }

    @Test
    void endsOnceWhenAFilterEndsTheStreamBeforeItsLastEvent() {
        FakeStage chain = FakeStage.observing().beforeLast(FakeStage.end("data: bye\n\n"));
        stage = chain;

        assertThat(relay(FakeSource.of(HELLO + DONE))).isEqualTo(new RelayEnd.StoppedByPlugin());
        assertThat(sink.text()).isEqualTo(HELLO + "data: bye\n\n" + DONE);
        assertThat(chain.last).hasSize(1);
    }

    @Test
    void endsWithAFiltersFailureAndWithoutTheEventItFailedOn() {
        stage = FakeStage.filtering(
                text -> text.contains("hello") ? EventStage.Verdict.FORWARD : EventStage.Verdict.FAIL);

        assertThat(relay(FakeSource.of(HELLO + WORLD + DONE))).isEqualTo(new RelayEnd.PluginFailed());
        assertThat(sink.text()).isEqualTo(HELLO);
        assertThat(progress.terminalSeen()).isFalse();
    }

    @Test
    void tellsObserversAfterTheirEventsWereWritten() {
        FakeStage observer = FakeStage.observing().seeing(sink);
        stage = observer;

        assertThat(relay(FakeSource.of(HELLO, WORLD + DONE))).isEqualTo(new RelayEnd.Complete());
        assertThat(observer.clientHadAtFlush)
                .containsExactly(HELLO, HELLO + WORLD, HELLO + WORLD + DONE, HELLO + WORLD + DONE);
        assertThat(observer.clientHadAtLast).isEqualTo(HELLO + WORLD);
        assertThat(sink.text()).isEqualTo(HELLO + WORLD + DONE);
    }

    @Test
    void endsWhenAnObserverTakesItsStreamAlong() {
        stage = FakeStage.observing().failingAtFlush(2);

        assertThat(relay(FakeSource.of(HELLO, WORLD, WORLD, DONE))).isEqualTo(new RelayEnd.PluginFailed());
        assertThat(sink.text()).isEqualTo(HELLO + WORLD);
    }

    @Test
    void asksFiltersAboutALastEventWithoutABlankLineToo() {
        passthrough();
        FakeStage filter = FakeStage.filtering(text -> FakeStage.replace("data: clean\n\n"));
        stage = filter;

        assertThat(relay(FakeSource.of("data: secret\n\n", "data: secret"))).isEqualTo(new RelayEnd.Complete());
        assertThat(sink.text()).isEqualTo("data: clean\n\ndata: clean\n\n");
        assertThat(filter.last).hasSize(1);
    }

    @Test
    void letsAFilterEndOrFailOnALastEventWithoutABlankLine() {
        passthrough();
        stage = FakeStage.filtering(text -> EventStage.Verdict.FAIL);
        assertThat(relay(FakeSource.of("data: secret"))).isEqualTo(new RelayEnd.PluginFailed());

        stage = FakeStage.filtering(text -> FakeStage.end("data: bye\n\n"));
        assertThat(relay(FakeSource.of("data: secret"))).isEqualTo(new RelayEnd.StoppedByPlugin());
        assertThat(sink.text()).isEqualTo("data: bye\n\n");
    }

    @Test
    void callsTheLastHookOnceWhenTheLastEventHasNoBlankLine() {
        FakeStage chain = FakeStage.observing().adding("data: extra\n\n");
        stage = chain;

        assertThat(relay(FakeSource.of(HELLO, "data: [DONE]\n"))).isEqualTo(new RelayEnd.Complete());
        assertThat(sink.text()).isEqualTo(HELLO + "data: extra\n\ndata: [DONE]\n");
        assertThat(chain.last).hasSize(1);
    }

    @Test
    void neverCallsTheLastHookOfAStreamThatFailed() {
        FakeStage chain = FakeStage.observing();
        stage = chain;

        relay(FakeSource.of(HELLO));
        relay(FakeSource.of(ERROR));

        assertThat(chain.last).isEmpty();
    }

    @Test
    void knowsWhetherItStandsInsideAnEvent() {
        List<Boolean> inside = new ArrayList<>();
        var pieces = new ArrayList<>(List.of(HELLO, "data: x", "\n\n", DONE));
        ChunkSource watching = timeout -> {
            inside.add(progress.midEvent());
            if (pieces.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(ByteBuffer.wrap(pieces.removeFirst().getBytes(UTF_8)));
        };

        relay(watching);

        assertThat(inside).containsExactly(false, false, true, false, false);
    }

    @Test
    void survivesABurstOfTinyEventsInOneRead() {
        byte[] burst = new byte[64 * 1024];
        Arrays.fill(burst, (byte) '\n');

        assertThat(relay(FakeSource.of(List.of(burst, DONE.getBytes(UTF_8))))).isEqualTo(new RelayEnd.Complete());
        assertThat(sink.all()).hasSize(burst.length + DONE.length());
        assertThat(sink.writes()).hasSize(2);
    }
}
