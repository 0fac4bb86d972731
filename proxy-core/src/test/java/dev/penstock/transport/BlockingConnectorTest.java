// SPDX-License-Identifier: Apache-2.0
package dev.penstock.transport;

import static dev.penstock.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.testing.BodyEnd;
import dev.penstock.testing.Pause;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class BlockingConnectorTest {
    private static final Duration SOON = TestServer.SOON;

    private static void echo(Served served) throws Exception {
        served.answer(served.body());
    }

    @Test
    void keepsAConnectionForTheNextRequest() throws Exception {
        try (TestServer server = TestServer.start(BlockingConnectorTest::echo);
                RawHttpClient client = server.connect()) {
            for (int i = 0; i < 50; i++) {
                Response response = client.exchange(RawRequest.postJson("/", "{\"n\":" + i + "}"));
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.text()).isEqualTo("{\"n\":" + i + "}");
            }
            assertThat(server.openConnections()).isEqualTo(1);
        }
    }

    @Test
    void handlesEveryRequestOnTheConnectionsOwnVirtualThread() throws Exception {
        var threads = new AtomicReference<>(Optional.<Thread>empty());
        try (TestServer server = TestServer.start(served -> {
                    threads.set(Optional.of(Thread.currentThread()));
                    echo(served);
                });
                RawHttpClient client = server.connect()) {
            client.exchange(RawRequest.postJson("/", "{}"));
            Thread first = threads.get().orElseThrow();
            client.exchange(RawRequest.postJson("/", "{}"));
            assertThat(first.isVirtual()).isTrue();
            assertThat(threads.get()).containsSame(first);
        }
    }

    @Test
    void servesTwoRequestsOfOnePacket() throws Exception {
        try (TestServer server = TestServer.start(served -> served.answer(served.path()));
                RawHttpClient client = server.connect()) {
            client.send("GET /one HTTP/1.1\r\nHost: a\r\n\r\nGET /two HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readResponse().text()).isEqualTo("/one");
            assertThat(client.readResponse().text()).isEqualTo("/two");
        }
    }

    @Test
    void servesManyRequestsWithBodiesOfOnePacket() throws Exception {
        try (TestServer server = TestServer.start(BlockingConnectorTest::echo);
                RawHttpClient client = server.connect()) {
            var all = new StringBuilder();
            for (int i = 0; i < 500; i++) {
                String body = "body " + i;
                all.append("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            }
            client.send(all.toString());
            for (int i = 0; i < 500; i++) {
                assertThat(client.readResponse().text()).isEqualTo("body " + i);
            }
        }
    }

    @Test
    void keepsARequestThatComesWhileTheFirstIsWatchedForDeparture() throws Exception {
        var watching = new CountDownLatch(1);
        var finish = new CountDownLatch(1);
        var departures = new AtomicInteger();
        try (TestServer server = TestServer.start(served -> {
                    served.body();
                    if (served.path().equals("/first")) {
                        served.endPoint().watchDeparture("watch", departures::incrementAndGet);
                        watching.countDown();
                        finish.await();
                        served.endPoint().unwatchDeparture();
                    }
                    served.answer(served.path());
                });
                RawHttpClient client = server.connect()) {
            client.send(RawRequest.postJson("/first", "{}"));
            watching.await();
            client.send(RawRequest.postJson("/second", "{}")).send(RawRequest.postJson("/third", "{}"));
            finish.countDown();
            assertThat(client.readResponse().text()).isEqualTo("/first");
            assertThat(client.readResponse().text()).isEqualTo("/second");
            assertThat(client.readResponse().text()).isEqualTo("/third");
            assertThat(departures).hasValue(0);
        }
    }

    @Test
    void takesTheNextRequestOverFromAWatcherThatIsStillReading() throws Exception {
        try (TestServer server = TestServer.start(served -> {
                    served.endPoint().watchDeparture("watch", () -> {});
                    served.answer(served.body());
                    served.endPoint().unwatchDeparture();
                });
                RawHttpClient client = server.connect()) {
            for (int i = 0; i < 200; i++) {
                assertThat(client.exchange(RawRequest.get("/" + i)).status()).isEqualTo(200);
            }
        }
    }

    @Test
    void asksForTheBodyWhenTheClientWaitsForThat() throws Exception {
        try (TestServer server = TestServer.start(BlockingConnectorTest::echo);
                RawHttpClient client = server.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
            assertThat(client.readHead().status()).isEqualTo(100);
            client.send("hello");
            assertThat(client.readResponse().text()).isEqualTo("hello");
            assertThat(client.exchange(RawRequest.postJson("/", "{}")).text()).isEqualTo("{}");
        }
    }

    @Test
    void refusesABodyThatWasNotSentYetAndCloses() throws Exception {
        try (TestServer server = TestServer.start(served -> {
                    served.response().setStatus(413);
                    served.answer("no");
                });
                RawHttpClient client = server.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
            Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(413);
            assertThat(response.interim()).isEmpty();
            assertThat(client.isClosedByPeerWithin(SOON)).isTrue();
        }
    }

    @Test
    void answersAClientThatHasClosedItsHalf() throws Exception {
        try (TestServer server = TestServer.start(BlockingConnectorTest::echo);
                RawHttpClient client = server.connect()) {
            client.send(RawRequest.postJson("/", "{\"a\":1}"));
            client.halfClose();
            Response response = client.readResponse();
            assertThat(response.text()).isEqualTo("{\"a\":1}");
            assertThat(client.isClosedByPeerWithin(SOON)).isTrue();
            server.awaitConnections(0);
        }
    }

    @Test
    void closesWhenTheClientAsksForThat() throws Exception {
        try (TestServer server = TestServer.start(BlockingConnectorTest::echo);
                RawHttpClient client = server.connect()) {
            Response response = client.exchange(RawRequest.postJson("/", "{}").header("Connection", "close"));
            assertThat(response.text()).isEqualTo("{}");
            assertThat(client.isClosedByPeerWithin(SOON)).isTrue();
        }
    }

    @Test
    void carriesALargeBodyOfKnownLengthBothWays() throws Exception {
        try (TestServer server = TestServer.start(served -> {
                    served.header("Content-Length", Long.toString(Pattern.HUGE));
                    served.readBody(new Pattern.Check());
                    Pattern.write(Pattern.HUGE, served::write);
                });
                RawHttpClient client = server.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + Pattern.HUGE + "\r\n\r\n");
            Pattern.write(Pattern.HUGE, client::send);
            assertThat(client.readHead().status()).isEqualTo(200);
            assertThat(Pattern.check(client)).isEqualTo(Pattern.HUGE);
            assertThat(client.end()).isEqualTo(BodyEnd.COUNTED);
            assertThat(server.failures()).isEmpty();
        }
    }

    @Test
    void carriesALargeChunkedBodyBothWays() throws Exception {
        try (TestServer server = TestServer.start(served -> {
                    var seen = new Pattern.Check();
                    served.readBody(seen);
                    assertThat(seen.length()).isEqualTo(Pattern.HUGE);
                    Pattern.write(Pattern.HUGE, served::write);
                });
                RawHttpClient client = server.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            Pattern.write(
                    Pattern.HUGE,
                    bytes -> client.send(Integer.toHexString(bytes.length) + "\r\n")
                            .send(bytes)
                            .send("\r\n"));
            client.send("0\r\n\r\n");
            assertThat(client.readHead().isChunked()).isTrue();
            assertThat(Pattern.check(client)).isEqualTo(Pattern.HUGE);
            assertThat(client.end()).isEqualTo(BodyEnd.FINAL_CHUNK);
            assertThat(server.failures()).isEmpty();
        }
    }

    @Test
    void sendsEachWriteOfAStreamAtOnce() throws Exception {
        var proceed = new java.util.concurrent.SynchronousQueue<Integer>();
        try (TestServer server = TestServer.start(served -> {
                    for (int i = 0; i < 10; i++) {
                        served.write("data: " + proceed.take() + "\n\n");
                    }
                });
                RawHttpClient client = server.connect()) {
            client.send(RawRequest.get("/"));
            proceed.put(0);
            client.readHead();
            assertThat(client.readEvents(1)).isEqualTo("data: 0\n\n");
            for (int i = 1; i < 10; i++) {
                proceed.put(i);
                assertThat(client.readEvents(1)).isEqualTo("data: " + i + "\n\n");
            }
            assertThat(client.readBody()).isEmpty();
            assertThat(client.end()).isEqualTo(BodyEnd.FINAL_CHUNK);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
                "\u0016\u0003\u0001 hello\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n"
            })
    void answersABadRequestAndCloses(String request) throws Exception {
        try (TestServer server = TestServer.start(BlockingConnectorTest::echo)) {
            for (int i = 0; i < 10; i++) {
                try (RawHttpClient client = server.connect()) {
                    client.send(request);
                    Response response = client.readResponse();
                    assertThat(response.status()).isEqualTo(400);
                    assertThat(response.end().isClean()).isTrue();
                    assertThat(client.isClosedByPeerWithin(SOON)).isTrue();
                }
            }
            server.awaitConnections(0);
        }
    }

    @Test
    void answersTheGoodRequestBeforeABadOneOfTheSamePacket() throws Exception {
        try (TestServer server = TestServer.start(served -> served.answer(served.path()));
                RawHttpClient client = server.connect()) {
            client.send("GET /good HTTP/1.1\r\nHost: a\r\n\r\nGET bad HTTP/1.1\r\n\r\n");
            assertThat(client.readResponse().text()).isEqualTo("/good");
            assertThat(client.readResponse().status()).isEqualTo(400);
            assertThat(client.isClosedByPeerWithin(SOON)).isTrue();
        }
    }

    @Test
    void refusesAHeadThatIsTooLarge() throws Exception {
        try (TestServer server = TestServer.start(BlockingConnectorTest::echo);
                RawHttpClient client = server.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(20_000) + "\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(431);
            assertThat(client.isClosedByPeerWithin(SOON)).isTrue();
        }
    }

    @Test
    void readsAHeadThatComesByteByByte() throws Exception {
        try (TestServer server = TestServer.start(BlockingConnectorTest::echo);
                RawHttpClient client = server.connect()) {
            String request = "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
            for (byte b : request.getBytes(ISO_8859_1)) {
                client.send(new byte[] {b});
            }
            assertThat(client.readResponse().text()).isEqualTo("abc");
        }
    }

    @Test
    void answersAHeadThatIsTooSlow() throws Exception {
        var options = new TestServer.Options().head(Duration.ofMillis(300));
        try (var server = new TestServer(options, BlockingConnectorTest::echo);
                RawHttpClient client = server.connect()) {
            client.send("GET / HTTP/1.1\r\nHost");
            Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(408);
            assertThat(client.isClosedByPeerWithin(SOON)).isTrue();
        }
    }

    @Test
    void countsTheHeadsTimeFromItsFirstByteHoweverOftenMoreComes() throws Exception {
        var options = new TestServer.Options().head(Duration.ofMillis(500));
        try (var server = new TestServer(options, BlockingConnectorTest::echo);
                RawHttpClient client = server.connect()) {
            client.send("GET / HTTP/1.1\r\nX: ");
            Thread drip = Thread.startVirtualThread(() -> drip(client));
            assertThat(client.readResponse().status()).isEqualTo(408);
            drip.interrupt();
            drip.join();
        }
    }

    private static void drip(RawHttpClient client) {
        try {
            while (!Thread.interrupted()) {
                client.send("x");
                Pause.ofMillis(20);
            }
        } catch (IOException e) {
            return;
        }
    }

    @Test
    void givesTheNextHeadItsOwnTime() throws Exception {
        var options = new TestServer.Options().head(Duration.ofMillis(300));
        try (var server = new TestServer(options, BlockingConnectorTest::echo);
                RawHttpClient client = server.connect()) {
            assertThat(client.exchange(RawRequest.postJson("/", "{}")).status()).isEqualTo(200);
            client.send("GET / HTTP/1.1\r\nHost");
            assertThat(client.readResponse().status()).isEqualTo(408);
        }
    }

    @Test
    void letsAHandlerTakeLongerThanAHeadMay() throws Exception {
        var options = new TestServer.Options().head(Duration.ofMillis(100)).keepAlive(Duration.ofMillis(100));
        var proceed = new CountDownLatch(1);
        try (var server = new TestServer(options, served -> {
                    proceed.await();
                    echo(served);
                });
                RawHttpClient client = server.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
            assertThat(client.patience(Duration.ofMillis(500)).isClosedByPeerWithin(Duration.ofMillis(500)))
                    .isFalse();
            client.patience(SOON);
            proceed.countDown();
            client.send("abc");
            assertThat(client.readResponse().text()).isEqualTo("abc");
        }
    }

    @Test
    void closesAConnectionThatIsIdleForTooLong() throws Exception {
        var options = new TestServer.Options().keepAlive(Duration.ofMillis(200));
        try (var server = new TestServer(options, BlockingConnectorTest::echo);
                RawHttpClient silent = server.connect();
                RawHttpClient client = server.connect()) {
            assertThat(client.exchange(RawRequest.postJson("/", "{}")).status()).isEqualTo(200);
            assertThat(client.isClosedByPeerWithin(SOON)).isTrue();
            assertThat(silent.isClosedByPeerWithin(SOON)).isTrue();
            server.awaitConnections(0);
        }
    }

    @Test
    void closesConnectionsBeyondTheMost() throws Exception {
        var options = new TestServer.Options().maxConnections(2);
        try (var server = new TestServer(options, BlockingConnectorTest::echo)) {
            try (RawHttpClient one = server.connect();
                    RawHttpClient two = server.connect()) {
                server.awaitConnections(2);
                try (RawHttpClient three = server.connect()) {
                    assertThat(three.isClosedByPeerWithin(SOON)).isTrue();
                }
                assertThat(one.exchange(RawRequest.get("/")).status()).isEqualTo(200);
                assertThat(two.exchange(RawRequest.get("/")).status()).isEqualTo(200);
            }
            server.awaitConnections(0);
            try (RawHttpClient again = server.connect()) {
                assertThat(again.exchange(RawRequest.get("/")).status()).isEqualTo(200);
            }
        }
    }

    @Test
    void sharesAPortWithAnotherConnector() throws Exception {
        var served = new AtomicInteger();
        var other = new AtomicInteger();
        try (TestServer one = TestServer.start(s -> {
                    served.incrementAndGet();
                    echo(s);
                });
                TestServer two = new TestServer(new TestServer.Options().port(one.port()), s -> {
                    other.incrementAndGet();
                    echo(s);
                })) {
            assertThat(two.port()).isEqualTo(one.port());
            for (int i = 0; i < 100; i++) {
                try (RawHttpClient client = one.connect()) {
                    assertThat(client.exchange(RawRequest.get("/")).status()).isEqualTo(200);
                }
            }
            assertThat(served.get() + other.get()).isEqualTo(100);
            assertThat(served.get()).isBetween(1, 99);
        }
    }

    @Test
    void saysWhichAddressIsTaken() throws Exception {
        try (TestServer server = TestServer.start(BlockingConnectorTest::echo)) {
            var options = new TestServer.Options().port(server.port()).exclusive();
            assertThatThrownBy(() -> new TestServer(options, BlockingConnectorTest::echo))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot listen on")
                    .hasMessageContaining(":" + server.port());
        }
    }

    @Test
    void servesOnAfterItStoppedAccepting() throws Exception {
        try (TestServer server = TestServer.start(BlockingConnectorTest::echo);
                RawHttpClient client = server.connect()) {
            client.exchange(RawRequest.get("/"));
            server.connector().stopAccepting();
            eventually(SOON, () -> assertThatThrownBy(server::connect).hasMessageContaining("no connection"));
            assertThat(client.exchange(RawRequest.get("/")).status()).isEqualTo(200);
        }
    }

    @Test
    void deliversItsAnswerToAClientThatIsStillSending() throws Exception {
        try (TestServer server = TestServer.start(served -> {
                    served.response().setStatus(413);
                    served.header("Connection", "close");
                    served.answer("too large");
                });
                RawHttpClient client = server.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n");
            client.send(new byte[2_000_000]);
            Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(413);
            assertThat(response.text()).isEqualTo("too large");
            assertThat(client.isClosedByPeerWithin(SOON)).isTrue();
            server.awaitConnections(0);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\n\r\nabc",
                "Content-Length: 5\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nabc",
                "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
                "Transfer-Encoding: chunked\r\n\r\n"
            })
    void failsARequestWhoseBodyIsCutShort(String rest) throws Exception {
        try (TestServer server = TestServer.start(BlockingConnectorTest::echo);
                RawHttpClient client = server.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\n" + rest);
            client.socket().close();
            eventually(SOON, () -> assertThat(server.failures()).hasSize(1));
            server.awaitConnections(0);
        }
    }

    @Test
    void endsEveryConnectionWhenItStops() throws Exception {
        var began = new CountDownLatch(1);
        try (TestServer server = TestServer.start(served -> {
                    began.countDown();
                    served.body();
                });
                RawHttpClient idle = server.connect();
                RawHttpClient busy = server.connect()) {
            busy.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
            began.await();
            server.awaitConnections(2);
            server.stop();
            assertThat(idle.isClosedByPeerWithin(SOON)).isTrue();
            assertThat(busy.isClosedByPeerWithin(SOON)).isTrue();
            server.awaitConnections(0);
        }
    }
}
