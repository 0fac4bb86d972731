// SPDX-License-Identifier: Apache-2.0
package dev.penstock.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.penstock.testing.Playbook;
import dev.penstock.testing.RecordedRequest;
import dev.penstock.testing.Script;
import dev.penstock.testing.ScriptedUpstream;
import dev.penstock.upstream.UpstreamException.Kind;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class UpstreamCallTest {
    private static ScriptedUpstream playing(Script script) {
        return ScriptedUpstream.start(script);
    }

    private static UpstreamException failureOf(Calls calls) {
        return catchThrowableOfType(UpstreamException.class, () -> calls.post("/x", "{}"));
    }

    private static UpstreamException failureOf(Script script) throws Exception {
        try (ScriptedUpstream upstream = playing(script);
                Calls calls = Calls.to(upstream)) {
            UpstreamException failure = failureOf(calls);
            assertThat(calls.target().idleConnections()).isZero();
            return failure;
        }
    }

    @Test
    void readsAnAnswerOfFixedLength() throws Exception {
        try (ScriptedUpstream upstream = playing(Script.json(200, "{\"a\":1}"));
                Calls calls = Calls.to(upstream)) {
            Answer answer = calls.post("/v1/x", "{}");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.head().header("Content-Type")).contains("application/json");
            assertThat(answer.text()).isEqualTo("{\"a\":1}");
            assertThat(calls.target().idleConnections()).isEqualTo(1);
        }
    }

    @Test
    void readsAChunkedAnswer() throws Exception {
        try (ScriptedUpstream upstream = playing(Script.stream(List.of("data: a\n\n", "data: b\n\n")));
                Calls calls = Calls.to(upstream)) {
            assertThat(calls.post("/v1/x", "{}").text()).isEqualTo("data: a\n\ndata: b\n\n");
            assertThat(calls.target().idleConnections()).isEqualTo(1);
        }
    }

    @Test
    void givesEachEventAsItComes() throws Exception {
        var gate = new CountDownLatch(1);
        try (ScriptedUpstream upstream = playing(Script.sse()
                        .event("data: a\n\n")
                        .gate(gate)
                        .event("data: b\n\n")
                        .end());
                Calls calls = Calls.to(upstream);
                UpstreamCall call = calls.call("/x")) {
            call.connect();
            call.head();
            assertThat(text(call.read().orElseThrow())).isEqualTo("data: a\n\n");
            gate.countDown();
            assertThat(text(call.read().orElseThrow())).isEqualTo("data: b\n\n");
            assertThat(call.read()).isEmpty();
            assertThat(call.read()).isEmpty();
        }
    }

    private static String text(ByteBuffer bytes) {
        return UTF_8.decode(bytes).toString();
    }

    @Test
    void readsAnAnswerThatEndsWithTheConnection() throws Exception {
        try (ScriptedUpstream upstream =
                        playing(Script.script().head(200).text("all of it").close());
                Calls calls = Calls.to(upstream)) {
            assertThat(calls.post("/x", "{}").text()).isEqualTo("all of it");
            assertThat(calls.target().idleConnections()).isZero();
        }
    }

    @Test
    void readsAnAnswerOfHttpOneZero() throws Exception {
        try (ScriptedUpstream upstream = playing(
                        Script.script().headLine("HTTP/1.0 200 OK").text("old").close());
                Calls calls = Calls.to(upstream)) {
            assertThat(calls.post("/x", "{}").text()).isEqualTo("old");
            assertThat(calls.target().idleConnections()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 304})
    void readsAnAnswerWithoutABody(int status) throws Exception {
        try (ScriptedUpstream upstream = playing(Script.script().head(status));
                Calls calls = Calls.to(upstream)) {
            for (int i = 0; i < 3; i++) {
                Answer answer = calls.post("/x", "{}");
                assertThat(answer.status()).isEqualTo(status);
                assertThat(answer.body()).isEmpty();
            }
            assertThat(upstream.connectionsAccepted()).isEqualTo(1);
        }
    }

    @Test
    void readsNoBodyAfterHead() throws Exception {
        try (ScriptedUpstream upstream = playing(Script.script().head(200, "content-length: 1000"));
                Calls calls = Calls.to(upstream)) {
            for (int i = 0; i < 3; i++) {
                Answer answer = calls.exchange(Calls.request("HEAD", "/x", ""));
                assertThat(answer.head().header("content-length")).contains("1000");
                assertThat(answer.body()).isEmpty();
            }
            assertThat(upstream.connectionsAccepted()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 100 Continue\r\n\r\n",
                "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
                "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n"
            })
    void swallowsInterimHeads(String interim) throws Exception {
        try (ScriptedUpstream upstream = playing(Script.script().raw(interim).then(Script.json(200, "{}")));
                Calls calls = Calls.to(upstream)) {
            for (int i = 0; i < 3; i++) {
                assertThat(calls.post("/x", "{}").text()).isEqualTo("{}");
            }
            assertThat(upstream.connectionsAccepted()).isEqualTo(1);
        }
    }

    @Test
    void swallowsAnInterimHeadThatComesAlone() throws Exception {
        Script script = Script.script()
                .raw("HTTP/1.1 100 Continue\r\n\r\n")
                .pause(Duration.ofMillis(100))
                .raw("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
                .pause(Duration.ofMillis(100))
                .then(Script.json(200, "{}"));
        try (ScriptedUpstream upstream = playing(script);
                Calls calls = Calls.to(upstream)) {
            assertThat(calls.post("/x", "{}").text()).isEqualTo("{}");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\n\r\nraw bytes",
                "HTTP/1.1 600 Odd\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n"
            })
    void refusesAStatusThatIsNoAnswer(String head) throws Exception {
        assertThat(failureOf(Script.script().raw(head)).kind()).isEqualTo(Kind.NO_RESPONSE);
    }

    @Test
    void dropsTrailers() throws Exception {
        try (ScriptedUpstream upstream = playing(
                        Script.sse().event("data: a\n\n").raw("0\r\nX-Trailer: 1\r\nContent-Length: 5\r\n\r\n"));
                Calls calls = Calls.to(upstream)) {
            for (int i = 0; i < 3; i++) {
                Answer answer = calls.post("/x", "{}");
                assertThat(answer.text()).isEqualTo("data: a\n\n");
                assertThat(answer.head().header("x-trailer")).isEmpty();
            }
            assertThat(upstream.connectionsAccepted()).isEqualTo(1);
        }
    }

    @Test
    void saysThatABodyOfKnownLengthWasCutShort() throws Exception {
        Script script = Script.script()
                .head(200, "content-length: 100")
                .text("only this")
                .close();
        assertThat(failureOf(script).kind()).isEqualTo(Kind.TRUNCATED);
    }

    @Test
    void saysThatAChunkedBodyWasCutShort() throws Exception {
        assertThat(failureOf(Script.sse().event("data: a\n\n").close()).kind()).isEqualTo(Kind.TRUNCATED);
        assertThat(failureOf(Script.sse().raw("ff\r\nhalf a chunk").close()).kind())
                .isEqualTo(Kind.TRUNCATED);
        assertThat(failureOf(Script.sse().close()).kind()).isEqualTo(Kind.TRUNCATED);
    }

    @Test
    void givesWhatCameBeforeABodyWasCutShort() throws Exception {
        try (ScriptedUpstream upstream =
                        playing(Script.sse().event("data: a\n\n").close());
                Calls calls = Calls.to(upstream);
                UpstreamCall call = calls.call("/x")) {
            call.connect();
            call.head();
            assertThat(text(call.read().orElseThrow())).isEqualTo("data: a\n\n");
            for (int i = 0; i < 3; i++) {
                assertThat(catchThrowableOfType(UpstreamException.class, call::read)
                                .kind())
                        .isEqualTo(Kind.TRUNCATED);
            }
        }
    }

    @Test
    void saysThatItWasResetInTheBody() throws Exception {
        assertThat(failureOf(Script.sse()
                                .event("data: a\n\n")
                                .pause(Duration.ofMillis(100))
                                .reset())
                        .kind())
                .isEqualTo(Kind.RESET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"zz\r\nhello\r\n", "-5\r\nhello\r\n", "5\r\nhelloXX0\r\n\r\n", "ffffffffffffffffffff\r\nhello"})
    void saysThatTheFramingOfTheBodyIsBroken(String chunks) throws Exception {
        assertThat(failureOf(Script.sse().raw(chunks).silence()).kind()).isIn(Kind.RESET, Kind.TRUNCATED);
    }

    @Test
    void saysThatThereWasNoResponse() throws Exception {
        assertThat(failureOf(Script.script().close()).kind()).isEqualTo(Kind.NO_RESPONSE);
        assertThat(failureOf(Script.script().reset()).kind()).isEqualTo(Kind.NO_RESPONSE);
        assertThat(failureOf(Script.script().raw("HTTP/1.1 200 OK\r\nContent-").close())
                        .kind())
                .isEqualTo(Kind.NO_RESPONSE);
        assertThat(failureOf(Script.script()
                                .raw("HTTP/1.1 200 OK\r\nContent-")
                                .pause(Duration.ofMillis(50))
                                .reset())
                        .kind())
                .isEqualTo(Kind.NO_RESPONSE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage, no HTTP at all\r\n\r\n",
                "\u0000\u0001\u0002\u0003\u0004\u0005\u0006",
                "HTTP/1.1 abc\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
                "SSH-2.0-OpenSSH_9.6\r\n"
            })
    void refusesWhatIsNotHttp(String bytes) throws Exception {
        assertThat(failureOf(Script.script().raw(bytes).silence()).kind()).isEqualTo(Kind.NO_RESPONSE);
    }

    @Test
    void refusesAHeadOfAMegabyte() throws Exception {
        Script script = Script.script()
                .raw("HTTP/1.1 200 OK\r\nX: ")
                .raw("x".repeat(1 << 20))
                .raw("\r\n\r\n")
                .silence();
        assertThat(failureOf(script).kind()).isEqualTo(Kind.NO_RESPONSE);
    }

    @Test
    void refusesAMillionHeaderLines() throws Exception {
        Script script = Script.script().raw("HTTP/1.1 200 OK\r\n").raw("a: b\r\n".repeat(1 << 20));
        assertThat(failureOf(script).kind()).isEqualTo(Kind.NO_RESPONSE);
    }

    @Test
    void readsAHeadThatComesByteByByte() throws Exception {
        Script script = Script.script();
        for (char c : "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".toCharArray()) {
            script = script.raw(String.valueOf(c)).pause(Duration.ofMillis(1));
        }
        try (ScriptedUpstream upstream = playing(script);
                Calls calls = Calls.to(upstream)) {
            assertThat(calls.post("/x", "{}").text()).isEqualTo("hello");
            assertThat(calls.target().idleConnections()).isEqualTo(1);
        }
    }

    @Test
    void readsAChunkedBodyThatComesByteByByte() throws Exception {
        Script script = Script.sse();
        for (char c : "5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\n\r\n".toCharArray()) {
            script = script.raw(String.valueOf(c)).pause(Duration.ofMillis(1));
        }
        try (ScriptedUpstream upstream = playing(script);
                Calls calls = Calls.to(upstream)) {
            assertThat(calls.post("/x", "{}").text()).isEqualTo("hello world");
            assertThat(calls.target().idleConnections()).isEqualTo(1);
        }
    }

    @Test
    void carriesLargeBodiesBothWays() throws Exception {
        byte[] body = new byte[50_000_000];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) (i * 31 + (i >> 8));
        }
        Playbook echo = request -> Script.script()
                .head(200, "content-length: " + request.body().length)
                .bytes(request.body());
        try (ScriptedUpstream upstream = ScriptedUpstream.start(echo);
                Calls calls = Calls.to(upstream)) {
            Answer answer = calls.exchange(new UpstreamRequest("POST", "/x", List.of(), ByteBuffer.wrap(body)));
            assertThat(Arrays.equals(answer.body(), body)).isTrue();
        }
    }

    @Test
    void doesNotDecodeWhatIsCompressed() throws Exception {
        byte[] gzip = {31, (byte) 139, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        try (ScriptedUpstream upstream = playing(Script.script()
                        .head(200, "content-encoding: gzip", "content-length: " + gzip.length)
                        .bytes(gzip));
                Calls calls = Calls.to(upstream)) {
            Answer answer = calls.post("/x", "{}");
            assertThat(answer.body()).isEqualTo(gzip);
            assertThat(answer.head().header("content-encoding")).contains("gzip");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/chat/completions",
                "/v1/x?a=b&c=%2F%20+&d=%c3%a9",
                "/v1/x?",
                "/v1/x?=&&=",
                "/v1/x?q=a|b[c]{d}^`\"<>",
                "/v1/x?bad=%zz&also=%",
                "/%7Euser/a%2Fb;p=1/../c/./d",
                "//double//slash?x",
                "/a:b@c?d:e@f?g",
                "/x?url=http://other.test/y#nofragment",
                "/x?name=one&name=two&empty=&novalue",
                "/*"
            })
    void sendsThePathAndQueryAsTheyAre(String pathAndQuery) throws Exception {
        try (ScriptedUpstream upstream = playing(Script.json(200, "{}"));
                Calls calls = Calls.to(upstream)) {
            calls.post(pathAndQuery, "{}");
            assertThat(upstream.awaitOnlyExchange().request().head().startLine())
                    .isEqualTo("POST " + pathAndQuery + " HTTP/1.1");
        }
    }

    @Test
    void sendsNothingOfItsOwnButHostAndLength() throws Exception {
        try (ScriptedUpstream upstream = playing(Script.json(200, "{}"));
                Calls calls = Calls.to(upstream)) {
            calls.post("/x", "{}");
            calls.get("/y");
            List<RecordedRequest> requests = upstream.requests();
            assertThat(requests.get(0).wireText())
                    .isEqualTo("POST /x HTTP/1.1\r\nHost: 127.0.0.1:" + upstream.port()
                            + "\r\nContent-Length: 2\r\n\r\n{}");
            assertThat(requests.get(1).wireText())
                    .isEqualTo("GET /y HTTP/1.1\r\nHost: 127.0.0.1:" + upstream.port() + "\r\n\r\n");
        }
    }

    @Test
    void sendsALengthForAnEmptyPost() throws Exception {
        try (ScriptedUpstream upstream = playing(Script.json(200, "{}"));
                Calls calls = Calls.to(upstream)) {
            calls.post("/x", "");
            assertThat(upstream.awaitOnlyExchange().request().header("content-length"))
                    .contains("0");
        }
    }

    @Test
    void sendsHeadersAsTheyAreAndInOrder() throws Exception {
        try (ScriptedUpstream upstream = playing(Script.json(200, "{}"));
                Calls calls = Calls.to(upstream)) {
            calls.exchange(Calls.request(
                    "POST",
                    "/x",
                    "{}",
                    "X-One",
                    "a, b",
                    "x-TWO",
                    "",
                    "X-One",
                    "c",
                    "Content-Type",
                    "application/json"));
            assertThat(upstream.awaitOnlyExchange().request().head().raw())
                    .contains("\r\nX-One: a, b\r\nx-TWO: \r\nX-One: c\r\nContent-Type: application/json\r\n");
        }
    }

    @Test
    void sendsAHeadOfManyKilobytes() throws Exception {
        try (ScriptedUpstream upstream = playing(Script.json(200, "{}"));
                Calls calls = Calls.to(upstream)) {
            String value = "v".repeat(30_000);
            calls.exchange(Calls.request("POST", "/x", "{}", "X-Long", value));
            assertThat(upstream.awaitOnlyExchange().request().header("x-long")).contains(value);
        }
    }

    @Test
    void keepsNoCookies() throws Exception {
        try (ScriptedUpstream upstream = playing(Script.json(200, "{}", "Set-Cookie: a=b; Path=/"));
                Calls calls = Calls.to(upstream)) {
            assertThat(calls.post("/x", "{}").head().header("set-cookie")).contains("a=b; Path=/");
            calls.post("/x", "{}");
            assertThat(upstream.requests()).noneMatch(r -> r.header("cookie").isPresent());
        }
    }

    @Test
    void followsNothingAndAnswersNoChallenge() throws Exception {
        for (Script script : List.of(
                Script.json(302, "moved", "Location: /elsewhere"),
                Script.json(307, "moved", "Location: http://127.0.0.1:1/"),
                Script.json(401, "who", "WWW-Authenticate: Basic realm=\"x\""),
                Script.json(401, "who"),
                Script.json(407, "who", "Proxy-Authenticate: Basic realm=\"x\""),
                Script.json(407, "who"))) {
            try (ScriptedUpstream upstream = playing(script);
                    Calls calls = Calls.to(upstream)) {
                assertThat(calls.post("/x", "{}").text()).isIn("moved", "who");
                assertThat(upstream.exchanges()).hasSize(1);
            }
        }
    }

    @Test
    void leavesThePathOfTheUrlToTheRequest() throws Exception {
        try (ScriptedUpstream upstream = playing(Script.json(200, "{}"));
                Calls calls = Calls.to(upstream.url() + "/base/v2/")) {
            calls.post("/chat?x=1", "{}");
            assertThat(upstream.awaitOnlyExchange().request().target()).isEqualTo("/chat?x=1");
        }
    }

    @Test
    void saysThatANameIsUnknown() throws Exception {
        try (Calls calls = Calls.to("http://no-such-host.invalid:80")) {
            assertThat(failureOf(calls).kind()).isEqualTo(Kind.CONNECT_FAILED);
        }
    }

    @Test
    void saysThatNobodyListens() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        try (Calls calls = Calls.to("http://localhost:" + port)) {
            assertThat(failureOf(calls).kind()).isEqualTo(Kind.CONNECT_FAILED);
        }
    }

    @Test
    void connectsToAnIpSixLiteral() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.startOn(
                        new ServerSocket(0, 10, InetAddress.ofLiteral("::1")), r -> Script.json(200, "{}"));
                Calls calls = Calls.to("http://[::1]:" + upstream.port())) {
            assertThat(calls.post("/x", "{}").text()).isEqualTo("{}");
            assertThat(upstream.awaitOnlyExchange().request().header("host")).contains("[::1]:" + upstream.port());
        }
    }

    @Test
    void connectsToAName() throws Exception {
        try (ScriptedUpstream upstream = playing(Script.json(200, "{}"));
                Calls calls = Calls.to("http://localhost:" + upstream.port())) {
            assertThat(calls.post("/x", "{}").text()).isEqualTo("{}");
            assertThat(upstream.awaitOnlyExchange().request().header("host")).contains("localhost:" + upstream.port());
        }
    }

    @Test
    void readsAnAnswerThatComesBeforeTheRequestIsSent() throws Exception {
        Script refusal = Script.json(413, "too large", "Connection: close").close();
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Playbook.withoutBody(refusal));
                Calls calls = Calls.to(upstream)) {
            for (int i = 0; i < 20; i++) {
                Answer answer =
                        calls.exchange(new UpstreamRequest("POST", "/x", List.of(), ByteBuffer.allocate(20_000_000)));
                assertThat(answer.status()).isEqualTo(413);
                assertThat(answer.text()).isEqualTo("too large");
                assertThat(calls.target().idleConnections()).isZero();
            }
        }
    }
}
