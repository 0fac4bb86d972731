// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import static dev.penstock.exchange.TestedProxy.chat;
import static dev.penstock.exchange.TestedProxy.plainChat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import dev.penstock.testing.ScriptedUpstream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Upstreams that compress although nobody asked them to. */
class CompressionTest {
    private static final String JSON = ProviderEvents.chatJson("hello");

    /** The events, flushed one by one, and the end of the encoding. */
    private static List<byte[]> flushed(List<String> events) throws IOException {
        var out = new ByteArrayOutputStream();
        List<byte[]> pieces = new ArrayList<>();
        try (var gzip = new GZIPOutputStream(out, 512, true)) {
            for (String event : events) {
                gzip.write(event.getBytes(UTF_8));
                gzip.flush();
                pieces.add(out.toByteArray());
                out.reset();
            }
        }
        pieces.add(out.toByteArray());
        return pieces;
    }

    private static byte[] gzip(String text) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(text.getBytes(UTF_8));
        }
        return out.toByteArray();
    }

    private static Script encoded(String coding, byte[] body) {
        return Script.script()
                .head(
                        200,
                        "content-type: application/json",
                        "content-encoding: " + coding,
                        "content-length: " + body.length)
                .bytes(body);
    }

    private static Response exchange(Script script, RawRequest request, String outcome) throws IOException {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(script);
                TestedProxy proxy = TestedProxy.before(upstream)) {
            Response response = proxy.exchange(request);
            assertThat(proxy.outcome()).isEqualTo(outcome);
            proxy.awaitQuiet();
            assertThat(upstream.requests().getFirst().headers("accept-encoding"))
                    .containsExactly("identity");
            return response;
        }
    }

    @Test
    void givesEachEventOfACompressedStreamAtOnce() throws IOException {
        List<String> events = ProviderEvents.chat(2);
        List<byte[]> pieces = flushed(events);
        List<CountDownLatch> gates = new ArrayList<>();
        Script script = Script.sse("content-encoding: gzip");
        for (byte[] piece : pieces) {
            var gate = new CountDownLatch(1);
            gates.add(gate);
            script = script.gate(gate).bytes(piece);
        }
        try (ScriptedUpstream upstream = ScriptedUpstream.start(script.end());
                TestedProxy proxy = TestedProxy.before(upstream);
                RawHttpClient client = proxy.client()) {
            client.send(chat().header("Accept-Encoding", "gzip"));
            gates.getFirst().countDown();
            assertThat(client.readEventsAfterHead(1)).isEqualTo(events.getFirst());
            for (int i = 1; i < events.size(); i++) {
                gates.get(i).countDown();
                assertThat(client.readEvents(1)).isEqualTo(events.get(i));
            }
            gates.getLast().countDown();
            client.readBody();
            assertThat(client.end().isClean()).isTrue();
            assertThat(proxy.outcome()).isEqualTo("completed");
            assertThat(proxy.entry().tokens()).containsEntry("output", 2L);
        }
    }

    @Test
    void saysNothingOfAnEncodingThatItHasTakenOff() throws IOException {
        Response response = exchange(
                Script.sse("content-encoding: gzip")
                        .bytes(gzip(String.join("", ProviderEvents.chat(3))))
                        .end(),
                chat(),
                "completed");

        assertThat(response.header("content-encoding")).isEmpty();
        assertThat(response.text()).isEqualTo(String.join("", ProviderEvents.chat(3)));
    }

    @Test
    void breaksOffWhenACompressedStreamIsCut() throws IOException {
        byte[] whole = gzip(String.join("", ProviderEvents.chatDeltas(3)));
        Response response = exchange(
                Script.sse("content-encoding: gzip")
                        .bytes(Arrays.copyOf(whole, whole.length - 3))
                        .end(),
                chat(),
                "upstream_truncated");

        assertThat(response.text())
                .startsWith(String.join("", ProviderEvents.chatDeltas(3)))
                .contains("\"error\"");
        assertThat(response.end().isAbortive()).isTrue();
    }

    @Test
    void completesWhenOnlyTheEndOfTheEncodingIsMissing() throws IOException {
        List<byte[]> pieces = flushed(ProviderEvents.chat(3));
        Script script = Script.sse("content-encoding: gzip");
        for (byte[] piece : pieces.subList(0, pieces.size() - 1)) {
            script = script.bytes(piece);
        }
        assertThat(exchange(script.end(), chat(), "completed").end().isClean()).isTrue();
    }

    @Test
    void stopsABombInAStreamAndInAPlainBody() throws IOException {
        byte[] zeros = new byte[1 << 20];
        Arrays.fill(zeros, (byte) '\n');
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            for (int i = 0; i < 64; i++) {
                gzip.write(zeros);
            }
        }
        Response stream = exchange(
                Script.sse("content-encoding: gzip").bytes(out.toByteArray()).end(), chat(), "limit_exceeded");
        assertThat(stream.end().isAbortive()).isTrue();
        assertThat(stream.body().length).isLessThan(8 << 20);

        Response plain = exchange(encoded("gzip", out.toByteArray()), plainChat(), "limit_exceeded");
        assertThat(plain.end().isAbortive()).isTrue();
        assertThat(plain.text()).doesNotContain("error");
    }

    @Test
    void passesAPlainBodyAsItIsToAClientThatTakesIt() throws IOException {
        byte[] body = gzip(JSON);
        Response response =
                exchange(encoded("gzip", body), plainChat().header("Accept-Encoding", "br, gzip"), "completed");

        assertThat(response.header("content-encoding")).hasValue("gzip");
        assertThat(response.header("content-length")).hasValue(Integer.toString(body.length));
        assertThat(response.body()).isEqualTo(body);
        assertThat(new GZIPInputStream(new ByteArrayInputStream(response.body())).readAllBytes())
                .isEqualTo(JSON.getBytes(UTF_8));
    }

    @Test
    void decodesAPlainBodyForAClientThatDoesNotTakeIt() throws IOException {
        for (String accepts : List.of("identity", "gzip;q=0", "br")) {
            Response response =
                    exchange(encoded("gzip", gzip(JSON)), plainChat().header("Accept-Encoding", accepts), "completed");
            assertThat(response.header("content-encoding")).isEmpty();
            assertThat(response.header("content-length")).isEmpty();
            assertThat(response.text()).isEqualTo(JSON);
        }
        assertThat(exchange(encoded("x-gzip", gzip(JSON)), plainChat(), "completed")
                        .text())
                .isEqualTo(JSON);
        var deflated = new ByteArrayOutputStream();
        try (var deflate = new DeflaterOutputStream(deflated)) {
            deflate.write(JSON.getBytes(UTF_8));
        }
        assertThat(exchange(encoded("deflate", deflated.toByteArray()), plainChat(), "completed")
                        .text())
                .isEqualTo(JSON);
    }

    @Test
    void passesAForeignEncodingOnlyToAClientThatTakesIt() throws IOException {
        byte[] body = {1, 2, 3};
        Response taken = exchange(encoded("br", body), plainChat().header("Accept-Encoding", "br"), "completed");
        assertThat(taken.body()).isEqualTo(body);
        assertThat(taken.header("content-encoding")).hasValue("br");

        assertThat(exchange(encoded("br", body), plainChat(), "upstream_error").status())
                .isEqualTo(502);
        Script stream = Script.sse("content-encoding: br").bytes(body).end();
        assertThat(exchange(stream, chat().header("Accept-Encoding", "br"), "upstream_error")
                        .status())
                .isEqualTo(502);
    }

    @Test
    void readsAnAcceptEncodingAsItIsMeant() {
        assertThat(BodyCoding.isAccepted("gzip", List.of())).isFalse();
        assertThat(BodyCoding.isAccepted("gzip", List.of("deflate", "GZIP ; q=0.5")))
                .isTrue();
        assertThat(BodyCoding.isAccepted("gzip", List.of("*"))).isTrue();
        assertThat(BodyCoding.isAccepted("gzip", List.of("gzip;q=0, *"))).isFalse();
        assertThat(BodyCoding.isAccepted("gzip", List.of("*;q=0.000"))).isFalse();
        assertThat(BodyCoding.isAccepted("gzip, br", List.of("gzip"))).isFalse();
        assertThat(BodyCoding.isAccepted("gzip, br", List.of("gzip, br"))).isTrue();
    }
}
