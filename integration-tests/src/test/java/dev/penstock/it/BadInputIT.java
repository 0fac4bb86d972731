// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Exchange;
import dev.penstock.testing.Metrics;
import dev.penstock.testing.Patience;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Group B: whatever a request holds, it gets a proper refusal or goes on as it is. Confined to one thread per test. */
@Lab
@Isolated("measures delays or what the machine has left")
final class BadInputIT {
    private static final int MEBIBYTE = 1 << 20;

    private static RawRequest with(Protocol protocol, String body) {
        return protocol.request().withBody(body.getBytes(UTF_8));
    }

    private static void assertRefusedAndReusable(
            Laboratory lab, Protocol protocol, String what, RawRequest bad, Integer... statuses) throws IOException {
        lab.upstream().forget();
        try (var client = lab.connect()) {
            Response refusal = lab.noticed(client.exchange(bad));
            assertThat(refusal.status()).as("%s: %s", what, refusal).isIn((Object[]) statuses);
            protocol.assertRefusal(refusal, refusal.status());
            assertThat(refusal.header("x-request-id").or(() -> refusal.header("request-id")))
                    .as("%s: request id of %s", what, refusal)
                    .isPresent();
            assertThat(lab.upstream().exchanges()).as(what).isEmpty();
            assertThat(client.exchange(protocol.request()).status())
                    .as("the next request on the connection after: %s", what)
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CHAT", "MESSAGES"})
    @DisplayName("B01 refuses bodies it cannot route, in the error envelope of the protocol")
    void refusesBodiesItCannotRoute(Protocol protocol, Laboratory lab) throws IOException {
        lab.play(request -> Script.stream(protocol.stream(1)));
        List<String> bodies = List.of(
                "hello",
                "",
                "[]",
                "\"text\"",
                "{}",
                "{\"messages\":[],\"stream\":true}",
                "{\"model\":7,\"stream\":true}",
                "{\"model\":null,\"stream\":true}",
                "{\"model\":{\"name\":\"x\"},\"stream\":true}",
                "{\"model\":\"x\",\"stream\":true",
                "{\"model\":\"x\",\"stream\":true} {}",
                "{\"model\":\"x\",\"model\":\"y\",\"stream\":true}",
                "{\"model\":\"x\",\"\\u006dodel\":\"y\",\"stream\":true}",
                "{'model':'x'}");
        for (String body : bodies) {
            assertRefusedAndReusable(lab, protocol, body, with(protocol, body), 400);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CHAT", "MESSAGES"})
    @DisplayName("B01 refuses wrong methods, paths and content types")
    void refusesWrongMethodsPathsAndTypes(Protocol protocol, Laboratory lab) throws IOException {
        lab.play(request -> Script.stream(protocol.stream(1)));
        var plain = protocol.request().without("Content-Type").header("Content-Type", "text/plain");
        assertRefusedAndReusable(lab, protocol, "text/plain", plain, 415, 400);
        for (String method : List.of("GET", "PUT", "DELETE")) {
            var wrong = protocol.request().method(method).withBody(new byte[0]);
            assertRefusedAndReusable(lab, protocol, method, wrong, 405);
            assertThat(lab.call(wrong).header("allow"))
                    .as("Allow for %s", method)
                    .contains("POST");
        }
        assertRefusedAndReusable(
                lab, Protocol.CHAT, "unknown path", protocol.request().target("/v1/nothing/here"), 404);
    }

    @Test
    @DisplayName("B01 refuses odd bytes or passes them on as they are")
    void refusesOddBytesOrPassesThemOn(Laboratory lab) throws IOException {
        String frame = "{\"model\":\"x\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}";
        List<byte[]> bodies = List.of(
                frame.formatted("invalid \u00ff\u00fe here").getBytes(ISO_8859_1),
                frame.formatted("overlong \u00c0\u00af here").getBytes(ISO_8859_1),
                frame.formatted("lone \\ud800 surrogate").getBytes(UTF_8),
                frame.formatted("escaped \\u0000 NUL").getBytes(UTF_8),
                frame.formatted("raw \u0000 NUL").getBytes(UTF_8),
                frame.formatted("\uFEFFinner BOM").getBytes(UTF_8),
                ("\uFEFF" + frame.formatted("leading BOM")).getBytes(UTF_8),
                frame.formatted("utf-16").getBytes(UTF_16),
                "{\"model\":\"x\",\"stream\":true,\"messages\":\"no list\"}".getBytes(UTF_8),
                frame.formatted("\u2028 and \uD83D\uDE80").getBytes(UTF_8));
        for (byte[] body : bodies) {
            String shown = new String(body, ISO_8859_1);
            lab.upstream().forget();
            Response response = lab.call(Calls.chat().withBody(body));
            if (response.status() == 200) {
                assertThat(lab.upstream().awaitOnlyExchange().request().body())
                        .as("forwarded: %s", shown)
                        .isEqualTo(body);
            } else {
                Protocol.CHAT.assertRefusal(response, 400);
            }
        }
        var untyped = Calls.chat().without("Content-Type");
        assertThat(lab.call(untyped).status()).as("no content type").isIn(200, 400, 415);
    }

    /** Names that all have the same String.hashCode. */
    private static String collisions(int count) {
        int bits = 32 - Integer.numberOfLeadingZeros(count);
        return IntStream.range(0, count)
                .mapToObj(i -> IntStream.range(0, bits)
                        .mapToObj(bit -> (i >> bit & 1) == 0 ? "Aa" : "BB")
                        .reduce("", String::concat))
                .map(key -> "\"" + key + "\":0")
                .reduce(new StringBuilder(), (all, key) -> all.append(',').append(key), StringBuilder::append)
                .toString();
    }

    @Test
    @Lab({"LAB_CAP_CONSUMER=40", "LAB_CAP_ROUTE=40", "LAB_TOTAL=60s"})
    @DisplayName("B02 survives parse bombs beside normal streams")
    void survivesParseBombs(Laboratory lab) throws Exception {
        lab.play(request -> request.mentions("latency")
                ? LatencyProbe.script(150, Duration.ofMillis(20))
                : Script.stream(Protocol.CHAT.stream(1)));
        String open = "{\"model\":\"x\",\"stream\":true,\"messages\":[]";
        List<String> bombs = List.of(
                open + ",\"deep\":" + "[".repeat(100_000),
                open + ",\"deep\":" + "{\"a\":".repeat(100_000),
                open + ",\"number\":" + "9".repeat(1_000_000) + "}",
                open + ",\"number\":1e999999999}",
                open + ",\"text\":\"" + "\\u0000".repeat(150_000) + "\"}",
                open + collisions(20_000) + "}");
        List<LatencyProbe> probes = lab.atOnce(5, i -> {
            if (i < 4) {
                return LatencyProbe.read(lab, Calls.chat("latency"));
            }
            for (String bomb : bombs) {
                assertDefused(lab, bomb);
            }
            return new LatencyProbe(List.of(), 0);
        });

        LatencyProbe all = LatencyProbe.together(probes);
        assertThat(all.quantile(0.99)).as("p99 lag").isLessThan(Patience.patient(Duration.ofMillis(100)));
        assertThat(lab.proxy().process().output()).doesNotContain("StackOverflowError", "OutOfMemoryError");
    }

    private static void assertDefused(Laboratory lab, String bomb) throws IOException {
        for (int i = 0; i < 20; i++) {
            Response response = lab.call(with(Protocol.CHAT, bomb));
            String shown = bomb.substring(0, Math.min(80, bomb.length()));
            assertThat(response.status()).as(shown).isIn(200, 400, 413);
            assertThat(response.untilHead())
                    .as(shown)
                    .isLessThan(Patience.patient(Duration.ofMillis(i == 0 ? 600 : 200)));
            if (bomb.contains("[[[[")) {
                assertThat(response.status()).as(shown).isEqualTo(400);
            }
        }
    }

    @Test
    @DisplayName("B03 refuses a body above the limit as soon as it is known to be")
    void refusesLargeBodies(Laboratory lab) throws IOException {
        String head = "POST " + Calls.CHAT + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
        String counted = head + "Content-Length: " + (MEBIBYTE + 1) + "\r\n";
        assertTooLarge(lab, counted + "\r\n{\"model\":");
        assertTooLarge(lab, counted + "Expect: 100-continue\r\n\r\n");
        String chunk = Integer.toHexString(64 << 10) + "\r\n" + " ".repeat(64 << 10) + "\r\n";
        assertTooLarge(lab, head + "Transfer-Encoding: chunked\r\n\r\n" + chunk.repeat(17));
        assertThat(lab.upstream().exchanges()).isEmpty();
    }

    private static void assertTooLarge(Laboratory lab, String bytes) throws IOException {
        try (var client = lab.connect()) {
            Response response =
                    lab.noticed(client.send(bytes.getBytes(US_ASCII)).readResponse());
            Protocol.CHAT.assertRefusal(response, 413);
            assertThat(response.interim()).isEmpty();
            assertThat(response.untilHead()).isLessThan(Patience.seconds(0.5));
            assertThat(client.isClosedByPeerWithin(Patience.seconds(2)))
                    .as("the connection is closed")
                    .isTrue();
        }
    }

    @Test
    @DisplayName("B03 says 100 only to a body it will take")
    void continuesAWelcomeBody(Laboratory lab) throws IOException {
        RawRequest request = Calls.chat().header("Expect", "100-continue");
        try (var client = lab.connect()) {
            client.send(request.headBytes());
            assertThat(client.readHead().status()).isEqualTo(100);
            byte[] all = request.bytes();
            int head = request.headBytes().length;
            client.send(Arrays.copyOfRange(all, head, all.length));
            assertThat(client.readResponse().status()).isEqualTo(200);
        }
        lab.assertOutcome("completed", 1);
    }

    @Test
    @Lab({"LAB_CAP_CONSUMER=40", "LAB_CAP_ROUTE=40"})
    @DisplayName("B06 keeps labels bounded and log lines whole whatever names are sent")
    void keepsLabelsBoundedAndLogLinesWhole(Laboratory lab) throws Exception {
        long seed = System.nanoTime();
        Metrics before = lab.proxy().metrics();
        int outBefore = lab.proxy().process().stdout().size();

        lab.atOnce(8, worker -> {
            var random = new Random(seed + worker);
            for (int i = 0; i < 250; i++) {
                lab.call(odd(random, worker * 1000 + i));
            }
            return worker;
        });

        Metrics after = lab.proxy().metrics();
        assertThat(after.samples().size() - before.samples().size())
                .as("new series, seed %d", seed)
                .isLessThan(100);
        assertThat(after.samples().stream().flatMap(s -> s.labels().values().stream()))
                .allSatisfy(label -> assertThat(label.length()).isLessThanOrEqualTo(128));
        Stream<String> lines = lab.proxy().process().stdout().stream().skip(outBefore);
        assertThat(lines)
                .allSatisfy(line ->
                        assertThat(Protocol.json(line).isObject()).as(line).isTrue());
        assertThat(lab.upstream().exchanges().stream().filter(Exchange::isLive)).isEmpty();
    }

    private static RawRequest odd(Random random, int number) {
        List<String> odds = new ArrayList<>(
                List.of("line\\nbreak", "quo\\\"te", "back\\\\slash", "\\u001b[31mred", "{curly", "x".repeat(4000)));
        String name = odds.get(random.nextInt(odds.size())) + number;
        return switch (random.nextInt(4)) {
            case 0 -> Calls.chat(name);
            case 1 -> Calls.chat("m" + number).header("Authorization", "Bearer sk-" + "y".repeat(500) + number);
            case 2 -> Calls.chat("m").target("/v1/" + "p".repeat(random.nextInt(2000)) + number);
            default -> Calls.chat("m").method("M" + number);
        };
    }
}
