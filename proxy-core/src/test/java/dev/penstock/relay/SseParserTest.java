// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.relay.NaiveSse.Seen;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SseParserTest {
    private static final long SEED = 20261120L;

    private static final String SHORT = "\uFEFF: hi\r\n\r\n"
            + "data: é😀\r\r"
            + "data:a\n"
            + "data: b\r\n"
            + "data\r\n\n"
            + "id: 7\n"
            + "event:x\n\r\n"
            + "data: [DONE]\n\n\r\n\r"
            + "data: cut";

    private static final String RICH = SHORT
            + "\n\n: comment only\n\nretry: 10\n\nid\n\nid: a\0b\ndata: nul id\n\n"
            + "event: first\nevent: second\ndata: {\"a\":\"\u2028\u0085 trailing  \"}\r\n\r\n"
            + "data:  two spaces\n\ndata:\n\ndata\n\ndata\ndata\n\n"
            + "datax: no\nx: unknown\neventual: no\nidle: no\n: data: comment\n\n"
            + "event\ndata: name without colon\n\n"
            + "data: a\rdata: b\r\rdata: c\r\ndata: d\n\r\n\n\n\n\r\r\r\n\r\n"
            + "event: content_block_delta\ndata: {\"type\":\"content_block_delta\"}\n\n".repeat(3)
            + "data: " + "x".repeat(3000) + "\n\n"
            + "data: 日本語テキスト\ndata: 👩‍👩‍👧‍👦\r\n\r\nid: 8\n\ndata: unfinished \uD83D\uDE00";

    private record Fed(List<Seen> seen, String bytes, boolean atBoundary, boolean seenId) {}

    private static Fed feed(byte[] input, int... cuts) {
        var parser = new SseParser(1 << 20);
        var seen = new ArrayList<Seen>();
        var bytes = new ByteArrayOutputStream();
        SseSink<IOException> sink = event -> {
            seen.add(seen(event));
            assertThat(seen(event.copy())).isEqualTo(seen(event));
            bytes.write(event.rawArray(), event.rawOffset(), event.rawLength());
        };
        try {
            int from = 0;
            for (int cut : cuts) {
                feedMoved(parser, input, from, cut, sink);
                from = cut;
            }
            feedMoved(parser, input, from, input.length, sink);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        assertThat(parser.pending()).isEqualTo(parser.remaining().length);
        bytes.writeBytes(parser.remaining());
        seen.removeIf(s -> !NaiveSse.matters(s));
        return new Fed(seen, latin1(bytes.toByteArray()), parser.atBoundary(), parser.seenId());
    }

    /** Feeds from the middle of a buffer full of traps, and spoils it afterwards: nothing may be kept by reference. */
    private static void feedMoved(SseParser parser, byte[] input, int from, int to, SseSink<IOException> sink)
            throws IOException {
        byte[] buffer = new byte[to - from + 4];
        buffer[0] = '\n';
        buffer[1] = '\r';
        buffer[buffer.length - 2] = '\n';
        buffer[buffer.length - 1] = '\n';
        System.arraycopy(input, from, buffer, 2, to - from);
        parser.feed(buffer, 2, to - from, sink);
        Arrays.fill(buffer, (byte) '\n');
    }

    private static Seen seen(SseEvent event) {
        byte[] data = event.dataBytes();
        return new Seen(
                new String(event.name().getBytes(UTF_8), ISO_8859_1),
                event.hasData(),
                new String(data, ISO_8859_1),
                event.id().map(id -> new String(id.getBytes(UTF_8), ISO_8859_1)));
    }

    private static String latin1(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }

    private static List<String> raws(String... chunks) {
        var parser = new SseParser(1 << 20);
        var raws = new ArrayList<String>();
        for (String chunk : chunks) {
            byte[] bytes = utf8(chunk);
            parser.feed(bytes, 0, bytes.length, event -> raws.add(new String(event.rawBytes(), UTF_8)));
        }
        return raws;
    }

    private static SseParser fed(String... chunks) {
        var parser = new SseParser(1 << 20);
        for (String chunk : chunks) {
            byte[] bytes = utf8(chunk);
            parser.feed(bytes, 0, bytes.length, event -> {});
        }
        return parser;
    }

    @Test
    void readsAWholeCorpusAsTheStandardSays() {
        byte[] input = utf8(RICH);

        Fed fed = feed(input);

        assertThat(fed.seen()).isEqualTo(NaiveSse.parse(input)).hasSizeGreaterThan(20);
        assertThat(fed.bytes()).isEqualTo(latin1(input));
        assertThat(fed.seenId()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\r\n"})
    void readsEveryLineEndAlike(String lineEnd) {
        String text = "event: x\ndata: a\ndata: b\n\n: c\n\ndata: d\nid: 1\n\n".replace("\n", lineEnd);

        Fed fed = feed(utf8(text));

        assertThat(fed.seen()).isEqualTo(NaiveSse.parse(utf8(text))).hasSize(2);
        assertThat(fed.atBoundary()).isTrue();
    }

    @Test
    void givesTheSameEventsAndBytesForEverySingleCut() {
        byte[] input = utf8(RICH);
        List<Seen> expected = NaiveSse.parse(input);
        for (int cut = 0; cut <= input.length; cut++) {
            Fed fed = feed(input, cut);
            assertThat(fed.seen()).as("cut at %d", cut).isEqualTo(expected);
            assertThat(fed.bytes()).as("cut at %d", cut).isEqualTo(latin1(input));
        }
    }

    @Test
    void givesTheSameEventsAndBytesForEveryPairOfCuts() {
        byte[] input = utf8(SHORT);
        List<Seen> expected = NaiveSse.parse(input);
        for (int first = 0; first <= input.length; first++) {
            for (int second = first; second <= input.length; second++) {
                Fed fed = feed(input, first, second);
                assertThat(fed.seen()).as("cuts at %d, %d", first, second).isEqualTo(expected);
                assertThat(fed.bytes()).as("cuts at %d, %d", first, second).isEqualTo(latin1(input));
            }
        }
    }

    @Test
    void givesTheSameEventsAndBytesWhenFedByteByByte() {
        byte[] input = utf8(RICH);
        int[] cuts = new int[input.length];
        Arrays.setAll(cuts, i -> i);

        Fed fed = feed(input, cuts);

        assertThat(fed.seen()).isEqualTo(NaiveSse.parse(input));
        assertThat(fed.bytes()).isEqualTo(latin1(input));
    }

    @Test
    void agreesWithTheNaiveParserOnRandomStreamsAndRandomCuts() {
        var random = new Random(SEED);
        for (int round = 0; round < 3000; round++) {
            byte[] input = utf8(randomStream(random));
            int[] cuts = random.ints(random.nextInt(12), 0, input.length + 1)
                    .sorted()
                    .toArray();
            Fed fed = feed(input, cuts);
            assertThat(fed.seen()).as("seed %d round %d", SEED, round).isEqualTo(NaiveSse.parse(input));
            assertThat(fed.bytes()).as("seed %d round %d", SEED, round).isEqualTo(latin1(input));
        }
    }

    private static String randomStream(RandomGenerator random) {
        String[] pieces = {
            "\n",
            "\n",
            "\r",
            "\r\n",
            "\n\n",
            "data",
            "data:",
            "data: ",
            "event: ",
            "id: ",
            "id",
            ":",
            " ",
            "\0",
            "é",
            "😀",
            "\uFEFF",
            "x",
            "[DONE]",
            "retry: 1",
            "{\"a\":1}",
            "event:e\rdata:d\r\r"
        };
        var text = new StringBuilder();
        for (int n = random.nextInt(40); n > 0; n--) {
            text.append(pieces[random.nextInt(pieces.length)]);
        }
        return text.toString();
    }

    @Test
    void handsAnEventOutInPlaceWhenItLiesWithinTheChunk() {
        byte[] chunk = utf8("data: a\n\ndata: b\n\n");
        var offsets = new ArrayList<Integer>();

        new SseParser(100).feed(chunk, 0, chunk.length, event -> {
            assertThat(event.rawArray()).isSameAs(chunk);
            assertThat(event.dataArray()).isSameAs(chunk);
            offsets.add(event.dataOffset());
        });

        assertThat(offsets).containsExactly(6, 15);
    }

    @Test
    void handsAnEventOutAtTheCrOfItsBlankLine() {
        assertThat(raws("data: a\r\n\r")).containsExactly("data: a\r\n\r");
        assertThat(raws("data: a\r\n\r", "\ndata: b\r\n\r\n"))
                .containsExactly("data: a\r\n\r", "\n", "data: b\r\n\r\n");
        assertThat(raws("data: a\r", "\n\r", "\n")).containsExactly("data: a\r\n\r", "\n");
    }

    @Test
    void takesTheLineFeedWithItsEventWhenBothAreThere() {
        assertThat(raws("data: a\r\n\r\n\r\n")).containsExactly("data: a\r\n\r\n", "\r\n");
    }

    @Test
    void isAtABoundaryOnlyBetweenEvents() {
        assertThat(fed().atBoundary()).isTrue();
        assertThat(fed("data: a\n\n").atBoundary()).isTrue();
        assertThat(fed("data: a\n").atBoundary()).isFalse();
        assertThat(fed("data: a\n\nd").atBoundary()).isFalse();
        assertThat(fed("data: a\n\n: c\n").atBoundary()).isFalse();
        assertThat(fed("\uFEFF").atBoundary()).isFalse();
        assertThat(fed("\n").atBoundary()).isTrue();
    }

    @Test
    void isNotAtABoundaryWhileTheLineFeedOfACrlfIsMissing() {
        assertThat(fed("data: a\r\n\r").atBoundary()).isFalse();
        assertThat(fed("data: a\r\n\r", "\n").atBoundary()).isTrue();
        assertThat(fed("data: a\n\r").atBoundary()).isFalse();
        assertThat(fed("data: a\r", "\n\r").atBoundary()).isFalse();
    }

    @Test
    void isAtABoundaryAfterTheBlankLineOfAStreamOfLoneCrs() {
        assertThat(fed("data: a\r\r").atBoundary()).isTrue();
        assertThat(fed("data: a\r", "\r").atBoundary()).isTrue();
        assertThat(fed("data: a\r").atBoundary()).isFalse();
    }

    @Test
    void knowsWhetherAnIdWasSeen() {
        assertThat(fed("data: a\n\n").seenId()).isFalse();
        assertThat(fed("id: a\0\ndata: x\n\n").seenId()).isFalse();
        assertThat(fed("idx: 1\n\n").seenId()).isFalse();
        assertThat(fed("id: 1\n\n").seenId()).isTrue();
        assertThat(fed("id\n\n", "data: b\n\n").seenId()).isTrue();
    }

    @Test
    void countsWhatIsPending() {
        SseParser parser = fed("data: a\n\ndata: b", "c\n");
        assertThat(parser.pending()).isEqualTo(9);
        assertThat(parser.remaining()).isEqualTo(utf8("data: bc\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\r\n"})
    void judgesTheSizeOfAnEventAlikeHoweverItIsCut(String lineEnd) {
        byte[] input = utf8("data: 12345" + lineEnd + lineEnd);
        int counted = lineEnd.length() == 2 ? input.length - 1 : input.length;
        for (int cut = 0; cut <= input.length; cut++) {
            int at = cut;
            assertThat(eventsWithin(counted, input, at)).as("cut at %d", at).isEqualTo(1);
            assertThatThrownBy(() -> eventsWithin(counted - 1, input, at))
                    .as("cut at %d", at)
                    .isInstanceOfSatisfying(
                            EventTooLargeException.class,
                            e -> assertThat(e.limit()).isEqualTo(counted - 1));
        }
    }

    private static int eventsWithin(long limit, byte[] input, int cut) {
        var parser = new SseParser(limit);
        int[] events = {0};
        SseSink<RuntimeException> sink = event -> events[0] += event.hasData() ? 1 : 0;
        parser.feed(input, 0, cut, sink);
        parser.feed(input, cut, input.length - cut, sink);
        return events[0];
    }

    @Test
    void deliversTheEventsBeforeOneThatIsTooLarge() {
        byte[] input = utf8("data: a\n\ndata: b\n\ndata: " + "x".repeat(100) + "\n\n");
        var data = new ArrayList<String>();
        var parser = new SseParser(50);

        assertThatThrownBy(() -> parser.feed(input, 0, input.length, event -> data.add(event.dataText())))
                .isInstanceOf(EventTooLargeException.class)
                .hasMessage("an event is longer than 50 bytes");

        assertThat(data).containsExactly("a", "b");
    }

    @Test
    void holdsNoMoreThanTheLimitOfALineWithoutEnd() {
        byte[] chunk = new byte[64 * 1024];
        Arrays.fill(chunk, (byte) 'x');
        var parser = new SseParser(1 << 20);
        long[] fed = {0};

        assertThatThrownBy(() -> {
                    while (fed[0] < 1L << 30) {
                        parser.feed(chunk, 0, chunk.length, event -> {});
                        fed[0] += chunk.length;
                    }
                })
                .isInstanceOf(EventTooLargeException.class);

        assertThat(fed[0]).isEqualTo(1 << 20);
        assertThat(parser.pending()).isEqualTo(1 << 20);
    }

    @Test
    void countsCommentsAndUnnamedLinesTowardsTheLimit() {
        byte[] line = utf8(": keep\n");
        var parser = new SseParser(64);

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100; i++) {
                        parser.feed(line, 0, line.length, event -> {});
                    }
                })
                .isInstanceOf(EventTooLargeException.class);
    }

    @Test
    void passesOnWhatTheSinkThrows() {
        byte[] input = utf8("data: a\n\n");
        assertThatThrownBy(() -> new SseParser(100).feed(input, 0, input.length, event -> {
                    throw new IOException("gone");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("gone");
    }

    @Test
    void refusesALimitThatNothingFits() {
        assertThatThrownBy(() -> new SseParser(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsAnOwnedEvent() {
        SseEvent event = SseEvent.of(utf8("event: x\nid: 3\ndata: a\ndata: b"));
        assertThat(event.name()).isEqualTo("x");
        assertThat(event.id()).contains("3");
        assertThat(event.dataText()).isEqualTo("a\nb");
    }

    @Test
    void doesNotDecodeARepeatedNameTwice() {
        byte[] input = utf8("event: a\ndata: 1\n\nevent: a\ndata: 2\n\n");
        var names = new ArrayList<String>();
        new SseParser(100).feed(input, 0, input.length, event -> names.add(event.name()));
        assertThat(names.getFirst()).isSameAs(names.getLast());
    }

    @Test
    void keepsAnOwnedCopyApartFromTheView() {
        byte[] input = utf8("data: a\ndata: b\n\ndata: c\ndata: d\n\n");
        var copies = new ArrayList<SseEvent>();
        new SseParser(100).feed(input, 0, input.length, event -> copies.add(event.copy()));
        Arrays.fill(input, (byte) 0);
        assertThat(copies).extracting(SseEvent::dataText).containsExactly("a\nb", "c\nd");
    }
}
