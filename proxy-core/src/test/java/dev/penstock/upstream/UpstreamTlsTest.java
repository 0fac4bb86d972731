// SPDX-License-Identifier: Apache-2.0
package dev.penstock.upstream;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.penstock.testing.Conversation;
import dev.penstock.testing.Pause;
import dev.penstock.testing.Playbook;
import dev.penstock.testing.Script;
import dev.penstock.testing.ScriptedUpstream;
import dev.penstock.transport.ClientTls;
import dev.penstock.transport.CuttingProxy;
import dev.penstock.transport.Pem;
import dev.penstock.transport.Tls;
import dev.penstock.upstream.UpstreamException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class UpstreamTlsTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Script OK = Script.json(200, "{}");

    private static ScriptedUpstream playing(Script script) throws IOException {
        return ScriptedUpstream.startOn(Tls.listen(Tls.server()), request -> script);
    }

    private static Calls to(int port) throws Exception {
        return Calls.to("https://localhost:" + port, Tls.client());
    }

    private static UpstreamException failureOf(Calls calls) {
        return catchThrowableOfType(UpstreamException.class, () -> calls.post("/x", "{}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1"})
    void trustsAConfiguredAuthority(String host) throws Exception {
        try (ScriptedUpstream upstream = playing(OK);
                Calls calls = Calls.to("https://" + host + ":" + upstream.port(), Tls.client())) {
            for (int i = 0; i < 5; i++) {
                assertThat(calls.post("/x", "{}").text()).isEqualTo("{}");
            }
            assertThat(upstream.connectionsAccepted()).isEqualTo(1);
            assertThat(upstream.requests().getFirst().header("host")).contains(host + ":" + upstream.port());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void speaksBothVersions(String version) throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.startOn(Tls.listen(Tls.server(), version), request -> OK);
                Calls calls = to(upstream.port())) {
            assertThat(calls.post("/x", "{}").text()).isEqualTo("{}");
            assertThat(calls.post("/x", "{}").text()).isEqualTo("{}");
            assertThat(upstream.connectionsAccepted()).isEqualTo(1);
        }
    }

    @Test
    void doesNotTrustAnAuthorityThatTheSystemDoesNotKnow() throws Exception {
        try (ScriptedUpstream upstream = playing(OK);
                Calls calls = Calls.to("https://localhost:" + upstream.port())) {
            assertThat(failureOf(calls).kind()).isEqualTo(Kind.CONNECT_FAILED);
            assertThat(upstream.exchanges()).isEmpty();
        }
    }

    @Test
    void refusesACertificateForAnotherHost() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.startOn(Tls.listen(Tls.elsewhere()), request -> OK);
                Calls calls = to(upstream.port())) {
            assertThat(failureOf(calls).kind()).isEqualTo(Kind.CONNECT_FAILED);
            assertThat(upstream.exchanges()).isEmpty();
        }
    }

    @Test
    void asksForAndVerifiesTheConfiguredName() throws Exception {
        Queue<String> asked = new ConcurrentLinkedQueue<>();
        try (ScriptedUpstream upstream = ScriptedUpstream.startOn(recordingNames(asked), request -> OK);
                Calls right = Calls.to("https://127.0.0.1:" + upstream.port(), Tls.client("model.test"));
                Calls wrong = Calls.to("https://127.0.0.1:" + upstream.port(), Tls.client("elsewhere.test"))) {
            assertThat(right.post("/x", "{}").text()).isEqualTo("{}");
            assertThat(failureOf(wrong).kind()).isEqualTo(Kind.CONNECT_FAILED);
            assertThat(asked).containsExactly("model.test", "elsewhere.test");
        }
    }

    @Test
    void asksForTheHostOfTheUrl() throws Exception {
        Queue<String> asked = new ConcurrentLinkedQueue<>();
        ClientTls tls = new ClientTls(Tls.trusting(), Optional.empty());
        try (ScriptedUpstream upstream = ScriptedUpstream.startOn(recordingNames(asked), request -> OK);
                Calls calls = Calls.to("https://localhost:" + upstream.port(), tls)) {
            assertThat(calls.post("/x", "{}").text()).isEqualTo("{}");
            assertThat(asked).containsOnly("localhost");
        }
    }

    @Test
    void keepsTheNameWhereItFollowsOneOfTheAddresses() throws Exception {
        Queue<String> asked = new ConcurrentLinkedQueue<>();
        try (ScriptedUpstream upstream = ScriptedUpstream.startOn(recordingNames(asked), request -> OK);
                Calls calls = Calls.to(
                        "https://model.test:" + upstream.port(), InetAddress.getLoopbackAddress(), Tls.client())) {
            assertThat(calls.post("/x", "{}").text()).isEqualTo("{}");
            assertThat(asked).containsExactly("model.test");
            assertThat(upstream.awaitOnlyExchange().request().header("host")).contains("model.test:" + upstream.port());
        }
    }

    private static ServerSocket recordingNames(Queue<String> asked) throws IOException {
        SSLServerSocket listener = (SSLServerSocket) Tls.listen(Tls.server());
        SSLParameters parameters = listener.getSSLParameters();
        parameters.setSNIMatchers(List.of(new SNIMatcher(0) {
            @Override
            public boolean matches(SNIServerName name) {
                asked.add(new String(name.getEncoded(), StandardCharsets.US_ASCII));
                return true;
            }
        }));
        listener.setSSLParameters(parameters);
        return listener;
    }

    @Test
    void carriesLargeBodiesBothWays() throws Exception {
        byte[] body = new byte[20_000_000];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) (i * 31 + (i >> 8));
        }
        Playbook echo = request -> Script.script()
                .head(200, "content-length: " + request.body().length)
                .bytes(request.body());
        try (ScriptedUpstream upstream = ScriptedUpstream.startOn(Tls.listen(Tls.server()), echo);
                Calls calls = to(upstream.port())) {
            Answer answer = calls.exchange(new UpstreamRequest("POST", "/x", List.of(), ByteBuffer.wrap(body)));
            assertThat(Arrays.equals(answer.body(), body)).isTrue();
        }
    }

    @Test
    void saysThatABodyWasCutInsideARecord() throws Exception {
        interfering(
                CuttingProxy::cutNextAnswerShort,
                call -> assertThat(catchThrowableOfType(UpstreamException.class, call::read)
                                .kind())
                        .isIn(Kind.TRUNCATED, Kind.RESET));
    }

    @Test
    void waitsForTheRestOfARecord() throws Exception {
        interfering(
                proxy -> proxy.pauseInsideNextAnswer(Duration.ofMillis(200)),
                call -> assertThat(Calls.readAll(call)).asString().isEqualTo("data: b\n\n"));
    }

    /** Does something to the record of the second event, and looks at what the call makes of it. */
    private void interfering(Consumer<CuttingProxy> interference, Consumer<UpstreamCall> expectation) throws Exception {
        var gate = new CountDownLatch(1);
        try (ScriptedUpstream upstream = playing(Script.sse()
                        .event("data: a\n\n")
                        .gate(gate)
                        .event("data: b\n\n")
                        .end());
                CuttingProxy proxy = CuttingProxy.to(upstream.port());
                Calls calls = to(proxy.port());
                UpstreamCall call = calls.call("/x")) {
            call.connect();
            call.head();
            assertThat(call.read()).isPresent();
            interference.accept(proxy);
            gate.countDown();
            expectation.accept(call);
        }
    }

    @Test
    void removesAnIdleConnectionThatTheServerCloses() throws Exception {
        var gate = new CountDownLatch(1);
        try (ScriptedUpstream upstream = playing(OK.gate(gate).close());
                Calls calls = to(upstream.port())) {
            calls.post("/x", "{}");
            assertThat(calls.target().idleConnections()).isEqualTo(1);
            gate.countDown();
            eventually(SOON, () -> assertThat(calls.target().idleConnections()).isZero());
        }
    }

    @Test
    void survivesAServerThatClosesAfterEachAnswer() throws Exception {
        try (ScriptedUpstream upstream = playing(OK.close());
                Calls calls = to(upstream.port())) {
            for (int i = 0; i < 50; i++) {
                assertThat(calls.post("/x", "{}").text()).isEqualTo("{}");
            }
        }
    }

    /** Accepts, and never says a word. */
    private static ServerSocket mute() throws IOException {
        return new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    @Test
    void givesUpAHandshakeInTime() throws Exception {
        try (ServerSocket mute = mute();
                Calls calls = to(mute.getLocalPort());
                UpstreamCall call = calls.call(Calls.request("GET", "/x", ""), Duration.ofMillis(200))) {
            assertThat(catchThrowableOfType(UpstreamException.class, call::connect)
                            .kind())
                    .isEqualTo(Kind.CONNECT_TIMEOUT);
        }
    }

    @Test
    void givesUpAHandshakeThatDrips() throws Exception {
        try (ServerSocket dripping = mute();
                Calls calls = to(dripping.getLocalPort());
                UpstreamCall call = calls.call(Calls.request("GET", "/x", ""), Duration.ofMillis(500))) {
            Thread drip = Thread.startVirtualThread(() -> drip(dripping));
            assertThat(catchThrowableOfType(UpstreamException.class, call::connect)
                            .kind())
                    .isEqualTo(Kind.CONNECT_TIMEOUT);
            drip.join();
        }
    }

    private static void drip(ServerSocket listener) {
        try (var socket = listener.accept()) {
            socket.getOutputStream().write(new byte[] {22, 3, 3, 16, 0});
            while (true) {
                socket.getOutputStream().write(2);
                Pause.ofMillis(20);
            }
        } catch (IOException e) {
            return;
        }
    }

    @Test
    void isFreedFromAHandshakeByAnAbort() throws Exception {
        try (ServerSocket mute = mute();
                Calls calls = to(mute.getLocalPort());
                UpstreamCall call = calls.call(Calls.request("GET", "/x", ""), Duration.ofSeconds(30))) {
            CompletableFuture<UpstreamException> failure = CompletableFuture.supplyAsync(
                    () -> catchThrowableOfType(UpstreamException.class, call::connect), Thread::startVirtualThread);
            try (var accepted = mute.accept()) {
                assertThat(accepted.getInputStream().read()).isEqualTo(22);
                call.abort();
                assertThat(failure.get(10, TimeUnit.SECONDS).kind()).isEqualTo(Kind.ABORTED);
            }
        }
    }

    @Test
    void isFreedFromAReadByAnAbort() throws Exception {
        try (ScriptedUpstream upstream =
                        playing(Script.sse().event("data: a\n\n").silence());
                Calls calls = to(upstream.port());
                UpstreamCall call = calls.call("/x")) {
            call.connect();
            call.head();
            call.read();
            CompletableFuture<UpstreamException> failure = CompletableFuture.supplyAsync(
                    () -> catchThrowableOfType(UpstreamException.class, call::read), Thread::startVirtualThread);
            call.abort();
            assertThat(failure.get(10, TimeUnit.SECONDS).kind()).isEqualTo(Kind.ABORTED);
            eventually(SOON, () -> assertThat(upstream.liveConnections()).isZero());
        }
    }

    @Test
    void isFreedFromAWriteByAnAbort() throws Exception {
        Playbook deaf = Playbook.withoutBody(
                Script.script().then(Conversation::stopReading).silence());
        try (ScriptedUpstream upstream = ScriptedUpstream.startOn(Tls.listen(Tls.server()), deaf);
                Calls calls = to(upstream.port());
                UpstreamCall call =
                        calls.call(new UpstreamRequest("POST", "/x", List.of(), ByteBuffer.allocate(50_000_000)))) {
            call.connect();
            CompletableFuture<UpstreamException> failure = CompletableFuture.supplyAsync(
                    () -> catchThrowableOfType(UpstreamException.class, call::head), Thread::startVirtualThread);
            eventually(
                    SOON,
                    () -> assertThat(call.writingSince())
                            .isNotZero()
                            .satisfies(since ->
                                    assertThat(System.nanoTime() - since).isGreaterThan(200_000_000)));
            call.abort();
            assertThat(failure.get(10, TimeUnit.SECONDS).kind()).isEqualTo(Kind.ABORTED);
        }
    }

    @Test
    void saysWhichPemFileIsOfNoUse() throws Exception {
        assertThat(catchThrowableOfType(IOException.class, () -> Pem.trusting(java.nio.file.Path.of("/nowhere.pem"))))
                .hasMessageContaining("/nowhere.pem");
    }
}
