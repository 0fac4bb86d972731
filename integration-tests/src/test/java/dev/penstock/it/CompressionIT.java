// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Arrival;
import dev.penstock.testing.Conversation;
import dev.penstock.testing.Patience;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RecordedRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** S10: an upstream that compresses though it was asked not to. Confined to one thread per test. */
@Lab
final class CompressionIT {
    private static final List<String> EVENTS = ProviderEvents.chat(20);
    private static final String FIRST = ProviderEvents.chatDelta("first");
    private static final Duration PACE = Duration.ofMillis(50);

    /** Compresses event by event, with a flush after each. */
    private static void gzip(Conversation conversation, List<String> events) throws IOException, InterruptedException {
        var sink = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(sink, 512, true)) {
            for (String event : events) {
                gzip.write(event.getBytes(UTF_8));
                gzip.flush();
                conversation.body(sink.toByteArray());
                sink.reset();
                conversation.pause(PACE);
            }
        }
        conversation.body(sink.toByteArray());
    }

    private static Script gzipped() {
        return gzipped(EVENTS);
    }

    /** An upstream that compresses these events, each flushed. */
    static Script gzipped(List<String> events) {
        return Script.sse("content-encoding: gzip").then(c -> gzip(c, events)).end();
    }

    @Test
    @DisplayName("S10a decodes a compressed stream as it comes for a client that did not ask for it")
    void decodesForAPlainClient(Laboratory lab) throws IOException {
        lab.play(gzipped());
        try (var client = lab.connect()) {
            var head = client.send(Calls.chat()).readHead();
            long start = System.nanoTime();
            Optional<Arrival> first = client.readSome();
            List<Arrival> rest = client.readBody();

            assertThat(head.header("content-encoding")).isEmpty();
            assertThat(first.orElseThrow().text()).startsWith("data: ");
            assertThat(Duration.ofNanos(first.orElseThrow().atNanos() - start))
                    .as("the first event is not held back")
                    .isLessThan(Patience.patient(Duration.ofMillis(300)));
            assertThat(rest).as("events come one by one").hasSizeGreaterThan(EVENTS.size() / 2);
            assertThat(first.orElseThrow().text()
                            + String.join("", rest.stream().map(Arrival::text).toList()))
                    .isEqualTo(String.join("", EVENTS));
        }
        RecordedRequest request = lab.upstream().awaitOnlyExchange().request();
        assertThat(request.header("accept-encoding").orElse("identity")).isEqualTo("identity");
        lab.assertOutcome("completed", 1);
    }

    @Test
    @DisplayName("S10b gives a client that accepts gzip either plain events or a gzip stream that says so")
    void servesAClientThatAcceptsGzip(Laboratory lab) throws IOException {
        lab.play(gzipped());

        Response response = lab.call(Calls.chat().header("Accept-Encoding", "gzip"));

        boolean compressed = response.header("content-encoding").equals(Optional.of("gzip"));
        byte[] plain = compressed
                ? new GZIPInputStream(new ByteArrayInputStream(response.body())).readAllBytes()
                : response.body();
        assertThat(new String(plain, UTF_8)).isEqualTo(String.join("", EVENTS));
        assertThat(response.arrivals()).hasSizeGreaterThan(EVENTS.size() / 2);
        lab.assertOutcome("completed", 1);
    }

    @Test
    @DisplayName("S10 ends a compression bomb at the event limit")
    void endsACompressionBomb(Laboratory lab) throws IOException {
        byte[] bomb = bomb();
        lab.play(Script.sse("content-encoding: gzip").bytes(bomb).end());

        Response response = lab.call(Calls.chat());

        assertThat(bomb).hasSizeLessThan(1 << 20);
        Protocol.CHAT.assertCut(response, FIRST);
        assertThat(response.body()).hasSizeLessThan(32 << 20);
        lab.assertOutcome("limit_exceeded", 1);
    }

    private static byte[] bomb() throws IOException {
        var sink = new ByteArrayOutputStream();
        byte[] block = "x".repeat(1 << 20).getBytes(UTF_8);
        try (var gzip = new GZIPOutputStream(sink)) {
            gzip.write((FIRST + "data: ").getBytes(UTF_8));
            for (int i = 0; i < 200; i++) {
                gzip.write(block);
            }
        }
        return sink.toByteArray();
    }
}
