// SPDX-License-Identifier: Apache-2.0
package dev.penstock.transport;

import static dev.penstock.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.BodyEnd;
import dev.penstock.testing.Pause;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the plain connector promises, over TLS. */
@Timeout(120)
class TlsConnectorTest {
    private static final Duration SOON = TestServer.SOON;

    private static TestServer start(TestServer.Action action) throws Exception {
        return new TestServer(options(), action);
    }

    private static TestServer.Options options() throws IOException {
        return new TestServer.Options().tls(Tls.server());
    }

    private static RawHttpClient connect(TestServer server) throws IOException {
        return RawHttpClient.over(Tls.connect(server.port()));
    }

    private static void echo(Served served) throws Exception {
        served.answer(served.body());
    }

    @Test
    void keepsAConnectionForTheNextRequest() throws Exception {
        try (TestServer server = start(TlsConnectorTest::echo);
                RawHttpClient client = connect(server)) {
            for (int i = 0; i < 20; i++) {
                assertThat(client.exchange(RawRequest.postJson("/", "{" + i + "}"))
                                .text())
                        .isEqualTo("{" + i + "}");
            }
        }
    }

    @Test
    void knowsThatItIsSecure() throws Exception {
        try (TestServer server = start(
                        served -> served.answer(served.request().getHttpURI().getScheme()));
                RawHttpClient client = connect(server)) {
            assertThat(client.exchange(RawRequest.get("/")).text()).isEqualTo("https");
        }
    }

    @Test
    void carriesALargeBodyBothWays() throws Exception {
        int length = Pattern.HUGE / 2;
        try (TestServer server = start(served -> {
                    served.readBody(new Pattern.Check());
                    Pattern.write(length, served::write);
                });
                RawHttpClient client = connect(server)) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n");
            Pattern.write(length, client::send);
            client.readHead();
            assertThat(Pattern.check(client)).isEqualTo(length);
            assertThat(client.end()).isEqualTo(BodyEnd.FINAL_CHUNK);
            assertThat(server.failures()).isEmpty();
        }
    }

    @Test
    void keepsAPipelinedRequestWhileTheFirstIsWatched() throws Exception {
        var watching = new CountDownLatch(1);
        var finish = new CountDownLatch(1);
        try (TestServer server = start(served -> {
                    if (served.path().equals("/one")) {
                        served.endPoint().watchDeparture("watch", () -> {});
                        watching.countDown();
                        finish.await();
                        served.endPoint().unwatchDeparture();
                    }
                    served.answer(served.path());
                });
                RawHttpClient client = connect(server)) {
            client.send(RawRequest.get("/one"));
            watching.await();
            client.send(RawRequest.get("/two"));
            finish.countDown();
            assertThat(client.readResponse().text()).isEqualTo("/one");
            assertThat(client.readResponse().text()).isEqualTo("/two");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noticesADepartureWhileTheStreamIsSilent(boolean withGoodbye) throws Exception {
        var waiting = new CountDownLatch(1);
        var departed = new CountDownLatch(1);
        try (TestServer server = start(served -> {
                    served.write("data: 1\n\n");
                    served.endPoint().watchDeparture("watch", departed::countDown);
                    waiting.countDown();
                    departed.await();
                });
                Socket raw = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            RawHttpClient client = RawHttpClient.over(Tls.over(raw));
            client.send(RawRequest.get("/"));
            client.readHead();
            client.readEvents(1);
            waiting.await();
            if (withGoodbye) {
                client.close();
            } else {
                Sockets.close(raw);
            }
            assertThat(departed.await(5, TimeUnit.SECONDS)).isTrue();
            server.awaitConnections(0);
        }
    }

    @Test
    void failsARequestWhoseLastRecordIsCutShort() throws Exception {
        var began = new CountDownLatch(1);
        try (TestServer server = start(served -> {
            began.countDown();
            echo(served);
        })) {
            try (CuttingProxy proxy = CuttingProxy.to(server.port())) {
                RawHttpClient client = RawHttpClient.over(Tls.connect(proxy.port()));
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\n\r\n");
                began.await();
                proxy.cutNextRecordShort();
                client.send("x".repeat(2000));
                eventually(SOON, () -> assertThat(server.failures()).hasSize(1));
            }
            server.awaitConnections(0);
        }
    }

    @Test
    void endsAClientThatNeverShakesHands() throws Exception {
        try (var server = new TestServer(options().head(Duration.ofMillis(300)), TlsConnectorTest::echo);
                RawHttpClient client = server.connect()) {
            assertThat(client.isClosedByPeerWithin(SOON)).isTrue();
            server.awaitConnections(0);
        }
    }

    @Test
    void endsAClientWhoseHandshakeDrips() throws Exception {
        try (var server = new TestServer(options().head(Duration.ofMillis(500)), TlsConnectorTest::echo);
                RawHttpClient client = server.connect()) {
            client.send(new byte[] {22, 3, 1, 2, 0});
            Thread drip = Thread.startVirtualThread(() -> drip(client));
            client.readUntilClosed();
            server.awaitConnections(0);
            drip.interrupt();
            drip.join();
        }
    }

    private static void drip(RawHttpClient client) {
        try {
            while (!Thread.interrupted()) {
                client.send(new byte[] {1});
                Pause.ofMillis(20);
            }
        } catch (IOException e) {
            return;
        }
    }

    @Test
    void endsAClientThatSpeaksPlainHttp() throws Exception {
        try (TestServer server = start(TlsConnectorTest::echo);
                RawHttpClient client = server.connect()) {
            client.send(RawRequest.get("/"));
            client.readUntilClosed();
            server.awaitConnections(0);
        }
    }

    @Test
    void answersAHeadThatIsTooSlow() throws Exception {
        try (var server = new TestServer(options().head(Duration.ofMillis(300)), TlsConnectorTest::echo);
                RawHttpClient client = connect(server)) {
            client.send("GET / HTTP/1.1\r\nHost");
            Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(408);
            assertThat(client.isClosedByPeerWithin(SOON)).isTrue();
        }
    }

    @Test
    void answersABadRequestAndCloses() throws Exception {
        try (TestServer server = start(TlsConnectorTest::echo);
                RawHttpClient client = connect(server)) {
            client.send("GET / HTTP/1.1\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(400);
            assertThat(client.isClosedByPeerWithin(SOON)).isTrue();
            server.awaitConnections(0);
        }
    }

    @Test
    void isFreedFromABlockedWriteByAnAbort() throws Exception {
        var endPoint = new CompletableFuture<BlockingEndPoint>();
        try (TestServer server = start(served -> {
                    endPoint.complete(served.endPoint());
                    while (true) {
                        served.write(new byte[100_000]);
                    }
                });
                RawHttpClient client = connect(server)) {
            client.send(RawRequest.get("/"));
            eventually(
                    SOON,
                    () -> assertThat(endPoint.get().writingSince())
                            .isNotZero()
                            .satisfies(since ->
                                    assertThat(System.nanoTime() - since).isGreaterThan(200_000_000)));
            endPoint.get().abort(true);
            server.awaitConnections(0);
        }
    }

    @Test
    void goesOnAfterAWaitThatEndedInsideARecord() throws Exception {
        var began = new CountDownLatch(1);
        var seen = new CompletableFuture<String>();
        try (TestServer server = start(served -> {
            began.countDown();
            var timeouts = 0;
            while (served.endPoint().awaitReadable(20) == Readiness.TIMEOUT) {
                timeouts++;
            }
            seen.complete(timeouts > 0 ? new String(served.body(), UTF_8) : "no timeout");
        })) {
            try (CuttingProxy proxy = CuttingProxy.to(server.port())) {
                RawHttpClient client = RawHttpClient.over(Tls.connect(proxy.port()));
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
                began.await();
                proxy.pauseInsideNextRecord(Duration.ofMillis(500));
                client.send("hello");
                assertThat(seen.get(10, TimeUnit.SECONDS)).isEqualTo("hello");
            }
        }
    }

    @Test
    void speaksTlsOneTwoToo() throws Exception {
        try (TestServer server = start(TlsConnectorTest::echo)) {
            try (SSLSocket socket = (SSLSocket)
                    Tls.trusting().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.port())) {
                socket.setEnabledProtocols(new String[] {"TLSv1.2"});
                RawHttpClient client = RawHttpClient.over(socket);
                Response response =
                        client.exchange(RawRequest.postJson("/", "{}").header("Connection", "close"));
                assertThat(response.text()).isEqualTo("{}");
                assertThat(client.isClosedByPeerWithin(SOON)).isTrue();
            }
        }
    }
}
