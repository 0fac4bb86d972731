// SPDX-License-Identifier: Apache-2.0
package dev.penstock.upstream;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.penstock.testing.Conversation;
import dev.penstock.testing.Departure;
import dev.penstock.testing.Playbook;
import dev.penstock.testing.Script;
import dev.penstock.testing.ScriptedUpstream;
import dev.penstock.upstream.UpstreamException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A call that is given up lets go of its thread and its server, wherever it is. */
@Timeout(60)
class AbortTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Script OK = Script.json(200, "{}");

    /** A call on a thread of its own, and what it fails with. */
    private record Run(Thread thread, CompletableFuture<UpstreamException> failure) {}

    private static Run run(UpstreamCall call) {
        var failure = new CompletableFuture<UpstreamException>();
        Thread thread = Thread.startVirtualThread(() -> {
            try (call) {
                call.connect();
                call.head();
                Calls.readAll(call);
                failure.completeExceptionally(new AssertionError("the call succeeded"));
            } catch (UpstreamException e) {
                failure.complete(e);
            } catch (Throwable e) {
                failure.completeExceptionally(e);
            }
        });
        return new Run(thread, failure);
    }

    private static void assertAborted(Run run) throws Exception {
        assertThat(run.failure().get(10, TimeUnit.SECONDS).kind()).isEqualTo(Kind.ABORTED);
    }

    private static void assertReset(ScriptedUpstream upstream) {
        Departure departure = upstream.awaitOnlyExchange().awaitDeparture(SOON);
        assertThat(departure.how()).isEqualTo(Departure.How.RESET);
    }

    @Test
    void freesAThreadThatWaitsForTheHead() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.script().silence());
                Calls calls = Calls.to(upstream)) {
            UpstreamCall call = calls.call("/x");
            Run run = run(call);
            upstream.awaitExchanges(1, SOON);
            call.abort();
            assertAborted(run);
            assertReset(upstream);
        }
    }

    @Test
    void freesAThreadThatWaitsForTheBody() throws Exception {
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.start(Script.sse().event("data: a\n\n").silence());
                Calls calls = Calls.to(upstream)) {
            UpstreamCall call = calls.call("/x");
            Run run = run(call);
            upstream.awaitExchanges(1, SOON);
            eventually(
                    SOON,
                    () -> assertThat(upstream.exchanges().getFirst().eventsSent())
                            .isEqualTo(1));
            call.abort();
            assertAborted(run);
            assertReset(upstream);
        }
    }

    @Test
    void freesAThreadThatWritesToAServerThatDoesNotRead() throws Exception {
        Playbook deaf = Playbook.withoutBody(
                Script.script().then(Conversation::stopReading).silence());
        try (ScriptedUpstream upstream = ScriptedUpstream.start(deaf);
                Calls calls = Calls.to(upstream)) {
            UpstreamCall call =
                    calls.call(new UpstreamRequest("POST", "/x", List.of(), ByteBuffer.allocate(50_000_000)));
            Run run = run(call);
            upstream.awaitExchanges(1, SOON);
            eventually(
                    SOON,
                    () -> assertThat(call.writingSince())
                            .isNotZero()
                            .satisfies(since ->
                                    assertThat(System.nanoTime() - since).isGreaterThan(200_000_000)));
            call.abort();
            assertAborted(run);
        }
    }

    @Test
    void freesAThreadThatConnects() throws Exception {
        try (FullBacklog full = new FullBacklog();
                Calls calls = Calls.to("http://127.0.0.1:" + full.port())) {
            UpstreamCall call = calls.call(Calls.request("POST", "/x", "{}"), Duration.ofSeconds(30));
            Run run = run(call);
            eventually(
                    SOON,
                    () -> assertThat(run.thread().getState()).isIn(Thread.State.WAITING, Thread.State.TIMED_WAITING));
            call.abort();
            assertAborted(run);
        }
    }

    @Test
    void givesUpConnectingInTime() throws Exception {
        try (FullBacklog full = new FullBacklog();
                Calls calls = Calls.to("http://127.0.0.1:" + full.port())) {
            UpstreamCall call = calls.call(Calls.request("POST", "/x", "{}"), Duration.ofMillis(200));
            assertThat(run(call).failure().get(10, TimeUnit.SECONDS).kind()).isEqualTo(Kind.CONNECT_TIMEOUT);
        }
    }

    @Test
    void endsACallThatHasNotBegun() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(OK);
                Calls calls = Calls.to(upstream)) {
            UpstreamCall call = calls.call("/x");
            call.abort();
            assertAborted(run(call));
            assertThat(upstream.exchanges()).isEmpty();
        }
    }

    @Test
    void endsACallBetweenConnectAndHead() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(OK);
                Calls calls = Calls.to(upstream);
                UpstreamCall call = calls.call("/x")) {
            call.connect();
            call.abort();
            assertThat(catchThrowableOfType(UpstreamException.class, call::head).kind())
                    .isEqualTo(Kind.ABORTED);
        }
    }

    @Test
    void endsACallOnAReusedConnectionWithoutSendingItAgain() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(request ->
                        request.path().equals("/x") ? OK : Script.script().silence());
                Calls calls = Calls.to(upstream)) {
            calls.post("/x", "{}");
            UpstreamCall call = calls.call("/silent");
            Run run = run(call);
            upstream.awaitExchanges(2, SOON);
            call.abort();
            assertAborted(run);
            assertThat(upstream.exchanges()).hasSize(2);
            assertThat(upstream.connectionsAccepted()).isEqualTo(1);
        }
    }

    @Test
    void leavesAFinishedCallsConnectionAlone() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(OK);
                Calls calls = Calls.to(upstream)) {
            UpstreamCall call = readToItsEnd(calls);
            call.close();
            call.abort();
            call.close();
            assertThat(calls.target().idleConnections()).isEqualTo(1);
            assertThat(calls.post("/y", "{}").text()).isEqualTo("{}");
            assertThat(upstream.connectionsAccepted()).isEqualTo(1);
        }
    }

    @Test
    void doesNotKeepTheConnectionOfACallThatWasAborted() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(OK);
                Calls calls = Calls.to(upstream)) {
            UpstreamCall call = readToItsEnd(calls);
            call.abort();
            call.close();
            assertThat(calls.target().idleConnections()).isZero();
        }
    }

    private static UpstreamCall readToItsEnd(Calls calls) {
        UpstreamCall call = calls.call("/x");
        call.connect();
        call.head();
        Calls.readAll(call);
        return call;
    }

    /** Aborts at any moment of calls that go well otherwise: the thread always ends, and nothing stays behind. */
    @Test
    void endsWheneverItComes() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        try (ScriptedUpstream upstream = ScriptedUpstream.start(
                        Script.stream(List.of("data: a\n\n", "data: b\n\n"), Duration.ofMillis(1)));
                Calls calls = Calls.to(upstream)) {
            for (int i = 0; i < 500; i++) {
                UpstreamCall call = calls.call("/x");
                var outcome = run(call).failure();
                LockSupport.parkNanos(random.nextInt(4_000_000));
                call.abort();
                eventually(SOON, () -> assertThat(outcome).isDone());
                if (!outcome.isCompletedExceptionally()) {
                    assertThat(outcome.join().kind()).isEqualTo(Kind.ABORTED);
                } else {
                    assertThat(outcome.exceptionNow()).hasMessage("the call succeeded");
                }
            }
            calls.target().closeIdle(0);
            eventually(SOON, () -> assertThat(upstream.liveConnections()).isZero());
        }
    }

    /** A listener that accepts nobody and whose queue is full: connecting to it takes for ever. */
    private static final class FullBacklog implements AutoCloseable {
        private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final List<Socket> fillers = new ArrayList<>();

        FullBacklog() throws IOException {
            boolean room = true;
            while (room && fillers.size() < 20) {
                room = fill();
            }
        }

        private boolean fill() throws IOException {
            Socket socket = new Socket();
            fillers.add(socket);
            try {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()), 200);
                return true;
            } catch (java.net.SocketTimeoutException e) {
                return false;
            }
        }

        int port() {
            return listener.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            for (Socket filler : fillers) {
                filler.close();
            }
            listener.close();
        }
    }
}
