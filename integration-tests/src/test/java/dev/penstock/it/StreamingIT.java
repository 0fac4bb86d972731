// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.BodyEnd;
import dev.penstock.testing.Exchange;
import dev.penstock.testing.Patience;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Group S: bytes, flushes, bursts and limits. Confined to one thread per test. */
@Lab
@Isolated("measures delays or what the machine has left")
final class StreamingIT {
    private static final long MEGABYTE = 1 << 20;

    private static byte[] corpus(Protocol protocol) {
        var text = new StringBuilder("\uFEFF: a comment first\n\nretry: 3000\n\nid: 41\ndata: with an id\n\n");
        String[] odd = {
            "data: lines that end in LF\n\n",
            "data: lines that end in CRLF\r\ndata: second\r\n\r\n",
            "data: lines that end in CR\rdata: second\r\r",
            "data:without a space\n\n",
            "data: trailing spaces   \n\n",
            "data\n\n",
            "data:\n\n",
            ": comment inside\ndata: after it\n\n",
            "unknown: field\ndata: kept\n\n",
            "data: emoji \uD83D\uDE80 and umlauts \u00e4\u00f6\u00fc and \u2028 too\n\n",
            "data: not yet [DONE]\n\n",
            "event: odd\nid: 42\nretry: 10\ndata: {\"a\":\ndata: 1}\n\n",
            "\n\n\n",
        };
        for (int i = 0; text.length() < 60_000; i++) {
            text.append(odd[i % odd.length]).append(ProviderEvents.chatDelta("padding " + i));
        }
        return text.append(protocol.terminal()).toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Pieces of random length, so that lines, CRLF pairs and UTF-8 sequences are cut anywhere. */
    private static Script inPieces(byte[] bytes, long seed) {
        var random = new Random(seed);
        Script script = Script.script()
                .head(200, "content-type: text/event-stream; charset=utf-8", "transfer-encoding: chunked");
        int at = 0;
        while (at < bytes.length) {
            int length = Math.min(1 + random.nextInt(700), bytes.length - at);
            var piece = new ByteArrayOutputStream();
            piece.write(bytes, at, length);
            script = script.bytes(piece.toByteArray());
            at += length;
        }
        return script.end();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("S01 relays every byte of the body as it was sent")
    void relaysEveryByte(Protocol protocol, Laboratory lab) throws IOException {
        long seed = System.nanoTime();
        byte[] corpus = corpus(protocol);
        lab.play(inPieces(corpus, seed));

        Response response = lab.call(protocol.request());

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("content-type")).contains("text/event-stream; charset=utf-8");
        assertThat(response.body()).as("cut with seed %d", seed).isEqualTo(corpus);
        assertThat(response.end()).isEqualTo(BodyEnd.FINAL_CHUNK);
        lab.assertOutcome("completed", 1);
    }

    @Test
    @DisplayName("S02 flushes each event at once")
    void flushesEachEventAtOnce(Laboratory lab) throws IOException {
        lab.play(LatencyProbe.script(50, Duration.ofMillis(5)));
        LatencyProbe.read(lab, Calls.chat());
        lab.play(LatencyProbe.script(200, Duration.ofMillis(20)));

        LatencyProbe probe = LatencyProbe.readPrompt(lab, Calls.chat());

        assertThat(probe.lagsNanos()).hasSize(200);
        // A proxy that waits for the next event does so with most; one may meet a stall of the machine.
        assertThat(probe.heldBack())
                .as("reads with two events, the first of them late")
                .isLessThanOrEqualTo(2);
        lab.assertOutcome("completed", 2);
    }

    @Test
    @DisplayName("S04a relays ten thousand events that came in one write")
    void relaysABurst(Laboratory lab) throws IOException {
        String burst = String.join("", ProviderEvents.chat(10_000));
        lab.play(Script.sse().text(burst).end());

        Response response = lab.call(Calls.chat());

        assertThat(response.text()).isEqualTo(burst);
        lab.assertOutcome("completed", 1);
    }

    @Test
    @DisplayName("S04b relays one event of five megabytes")
    void relaysALargeEvent(Laboratory lab) throws IOException {
        String large = ProviderEvents.chatDelta("x".repeat((int) (5 * MEGABYTE)));
        lab.play(Script.stream(List.of(large, ProviderEvents.chatDone())));

        Response response = lab.call(Calls.chat());

        assertThat(response.text()).isEqualTo(large + ProviderEvents.chatDone());
        lab.assertOutcome("completed", 1);
    }

    @Test
    @DisplayName("S04c ends a stream whose event is above the limit")
    void endsAtAnEventAboveTheLimit(Laboratory lab) throws IOException {
        lab.play(Script.stream(
                List.of(ProviderEvents.chatDelta("x".repeat((int) (9 * MEGABYTE))), ProviderEvents.chatDone())));

        Response response = lab.call(Calls.chat());

        Protocol.CHAT.assertCut(response, "");
        lab.assertOutcome("limit_exceeded", 1);
    }

    @Test
    @DisplayName("S04c refuses a stream whose very first event is above the limit")
    void refusesAFirstEventAboveTheLimit(Laboratory lab) throws IOException {
        lab.play(Script.stream(List.of(ProviderEvents.chatDelta("x".repeat((int) (9 * MEGABYTE))))));

        Response response = lab.call(Calls.chat());

        if (response.status() == 200) {
            Protocol.CHAT.assertCut(response, "");
        } else {
            Protocol.CHAT.assertRefusal(response, 502);
        }
        lab.assertOutcome("limit_exceeded", 1);
    }

    @Test
    @DisplayName("S04d ends a stream that never ends its line, in bounded memory")
    void endsAtALineWithoutEnd(Laboratory lab) throws Exception {
        byte[] block = "x".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
        String first = ProviderEvents.chatDelta("first");
        lab.play(Script.sse().event(first).text("data: ").then(c -> {
            for (int i = 0; i < 1024; i++) {
                c.body(block);
            }
        }));
        var largestHeap = new AtomicLong();
        var reading = new AtomicBoolean(true);
        var sampler = Thread.ofVirtual().start(() -> {
            while (reading.get()) {
                largestHeap.accumulateAndGet(lab.proxy().usedHeapBytes(), Math::max);
            }
        });

        Response response = lab.call(Calls.chat());
        reading.set(false);
        sampler.join();

        Protocol.CHAT.assertCut(response, first);
        Exchange exchange = lab.upstream().awaitOnlyExchange();
        exchange.awaitDeparture(Patience.seconds(2));
        assertThat(exchange.bytesSent()).as("taken from the upstream").isLessThan(32 * MEGABYTE);
        assertThat(largestHeap.get()).as("heap in use").isLessThan(200 * MEGABYTE);
        lab.assertOutcome("limit_exceeded", 1);
    }
}
