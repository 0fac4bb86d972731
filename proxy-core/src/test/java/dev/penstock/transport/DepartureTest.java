// SPDX-License-Identifier: Apache-2.0
package dev.penstock.transport;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client that leaves is known at once; a connection that is given up lets go of its thread wherever that blocks. */
@Timeout(60)
class DepartureTest {
    private static final Duration SOON = TestServer.SOON;

    enum Leaving {
        FIN {
            @Override
            void leave(RawHttpClient client) throws IOException {
                client.socket().close();
            }
        },
        RST {
            @Override
            void leave(RawHttpClient client) throws IOException {
                client.reset();
            }
        },
        HALF {
            @Override
            void leave(RawHttpClient client) throws IOException {
                client.halfClose();
            }
        };

        abstract void leave(RawHttpClient client) throws IOException;
    }

    /** A handler that says where it is and what it saw. */
    private static final class Scene {
        private final CountDownLatch waiting = new CountDownLatch(1);
        private final CompletableFuture<Thread> departed = new CompletableFuture<>();
        private final CountDownLatch over = new CountDownLatch(1);

        void watch(Served served) throws Exception {
            served.endPoint().watchDeparture("watch-departure", () -> departed.complete(Thread.currentThread()));
            waiting.countDown();
            departed.get(SOON.toMillis(), TimeUnit.MILLISECONDS);
            over.countDown();
            throw new IOException("the client has left");
        }
    }

    @ParameterizedTest
    @EnumSource
    void noticesADepartureBeforeTheFirstByte(Leaving how) throws Exception {
        var scene = new Scene();
        try (TestServer server = TestServer.start(scene::watch);
                RawHttpClient client = server.connect()) {
            client.send(RawRequest.get("/"));
            scene.waiting.await();
            how.leave(client);
            assertThat(scene.over.await(5, TimeUnit.SECONDS)).isTrue();
            assertThat(scene.departed.get().getName()).isEqualTo("watch-departure");
            server.awaitConnections(0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void noticesADepartureWhileTheStreamIsSilent(Leaving how) throws Exception {
        var scene = new Scene();
        try (TestServer server = TestServer.start(served -> {
                    served.body();
                    served.write("data: 1\n\n");
                    scene.watch(served);
                });
                RawHttpClient client = server.connect()) {
            client.send(RawRequest.postJson("/", "{}"));
            client.readHead();
            assertThat(client.readEvents(1)).isEqualTo("data: 1\n\n");
            scene.waiting.await();
            how.leave(client);
            assertThat(scene.over.await(5, TimeUnit.SECONDS)).isTrue();
            server.awaitConnections(0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void noticesADepartureWhilePipelinedBytesArePending(Leaving how) throws Exception {
        var scene = new Scene();
        try (TestServer server = TestServer.start(scene::watch);
                RawHttpClient client = server.connect()) {
            client.send(RawRequest.get("/one"));
            scene.waiting.await();
            client.send("GET /two HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(5000) + "\r\n");
            how.leave(client);
            assertThat(scene.over.await(5, TimeUnit.SECONDS)).isTrue();
            server.awaitConnections(0);
        }
    }

    @Test
    void callsBackAtOnceWhenTheClientHasLeftBeforeTheWatch() throws Exception {
        var seen = new CompletableFuture<Thread>();
        try (TestServer server = TestServer.start(served -> {
                    while (served.endPoint().awaitReadable(0) == Readiness.READY) {
                        served.endPoint().discardInput();
                    }
                    served.endPoint().watchDeparture("late", () -> seen.complete(Thread.currentThread()));
                    assertThat(seen).isCompletedWithValue(Thread.currentThread());
                    seen.complete(Thread.currentThread());
                });
                RawHttpClient client = server.connect()) {
            client.send(RawRequest.get("/"));
            client.halfClose();
            eventually(SOON, () -> assertThat(seen).isDone());
            assertThat(server.failures()).isEmpty();
        }
    }

    @Test
    void doesNotCallBackAfterTheWatchEnded() throws Exception {
        var calls = new java.util.concurrent.atomic.AtomicInteger();
        var answered = new CountDownLatch(1);
        try (TestServer server = TestServer.start(served -> {
                    served.endPoint().watchDeparture("watch", calls::incrementAndGet);
                    served.endPoint().unwatchDeparture();
                    served.answer("x");
                    answered.countDown();
                });
                RawHttpClient client = server.connect()) {
            client.exchange(RawRequest.get("/"));
            client.socket().close();
            server.awaitConnections(0);
            assertThat(calls).hasValue(0);
        }
    }

    @Test
    void survivesAClientThatPipelinesMoreThanIsKept() throws Exception {
        var scene = new CountDownLatch(1);
        var finish = new CountDownLatch(1);
        try (TestServer server = TestServer.start(served -> {
                    if (served.path().equals("/one")) {
                        served.endPoint().watchDeparture("watch", () -> {});
                        scene.countDown();
                        finish.await();
                        served.endPoint().unwatchDeparture();
                        served.answer("one");
                    } else {
                        served.readBody(new Pattern.Check());
                        served.answer("two");
                    }
                });
                RawHttpClient client = server.connect()) {
            client.send(RawRequest.get("/one"));
            scene.await();
            int length = 10_000_000;
            Thread sender = Thread.startVirtualThread(() -> sendPattern(client, length));
            finish.countDown();
            assertThat(client.readResponse().text()).isEqualTo("one");
            assertThat(client.readResponse().text()).isEqualTo("two");
            sender.join();
            assertThat(server.failures()).isEmpty();
        }
    }

    private static void sendPattern(RawHttpClient client, int length) {
        try {
            client.send("POST /two HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n");
            Pattern.write(length, client::send);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Where a connection's thread may be blocked. */
    enum Blocked {
        IN_A_READ {
            @Override
            void block(Served served) throws IOException {
                served.body();
            }
        },
        IN_A_WRITE {
            @Override
            void block(Served served) throws IOException {
                while (true) {
                    served.write(new byte[100_000]);
                }
            }
        };

        abstract void block(Served served) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void isFreedByAnAbortFromAnotherThread(Blocked where) throws Exception {
        var endPoint = new CompletableFuture<BlockingEndPoint>();
        var freed = new CountDownLatch(1);
        try (TestServer server = TestServer.start(served -> {
                    endPoint.complete(served.endPoint());
                    try {
                        where.block(served);
                    } finally {
                        freed.countDown();
                    }
                });
                RawHttpClient client = server.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
            BlockingEndPoint open = endPoint.get();
            if (where == Blocked.IN_A_WRITE) {
                awaitStall(open);
            }
            open.abort(true);
            assertThat(freed.await(5, TimeUnit.SECONDS)).isTrue();
            client.readUntilClosed();
            server.awaitConnections(0);
        }
    }

    /** A write that has not moved for a while is blocked. */
    private static void awaitStall(BlockingEndPoint endPoint) {
        eventually(
                SOON,
                () -> assertThat(endPoint.writingSince())
                        .isNotZero()
                        .satisfies(
                                since -> assertThat(System.nanoTime() - since).isGreaterThan(200_000_000)));
    }

    @ParameterizedTest
    @EnumSource(value = Leaving.class, names = "RST")
    void isFreedFromABlockedWriteByADeparture(Leaving how) throws Exception {
        var endPoint = new CompletableFuture<BlockingEndPoint>();
        try (TestServer server = TestServer.start(served -> {
                    endPoint.complete(served.endPoint());
                    Blocked.IN_A_WRITE.block(served);
                });
                RawHttpClient client = server.connect()) {
            client.send(RawRequest.get("/"));
            awaitStall(endPoint.get());
            how.leave(client);
            server.awaitConnections(0);
            assertThat(server.failures()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Leaving.class,
            names = {"FIN", "RST"})
    void isFreedFromABlockedReadByADeparture(Leaving how) throws Exception {
        var began = new CountDownLatch(1);
        try (TestServer server = TestServer.start(served -> {
                    began.countDown();
                    served.body();
                });
                RawHttpClient client = server.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
            began.await();
            how.leave(client);
            eventually(SOON, () -> assertThat(server.failures()).hasSize(1));
            server.awaitConnections(0);
        }
    }

    @Test
    void tellsWhenAWriteIsBlockedAndWhenItIsNot() throws Exception {
        var endPoint = new CompletableFuture<BlockingEndPoint>();
        try (TestServer server = TestServer.start(served -> {
                    endPoint.complete(served.endPoint());
                    served.answer(new byte[20_000_000]);
                });
                RawHttpClient client = server.connect()) {
            client.send(RawRequest.get("/"));
            awaitStall(endPoint.get());
            assertThat(client.readResponse().body()).hasSize(20_000_000);
            eventually(SOON, () -> assertThat(endPoint.get().writingSince()).isZero());
        }
    }
}
