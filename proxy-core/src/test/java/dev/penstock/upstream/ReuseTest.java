// SPDX-License-Identifier: Apache-2.0
package dev.penstock.upstream;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.penstock.testing.Script;
import dev.penstock.testing.ScriptedUpstream;
import dev.penstock.upstream.UpstreamException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a connection serves another request, and when it must not. */
@Timeout(60)
class ReuseTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Script OK = Script.json(200, "{}");

    @Test
    void reusesAConnectionAfterACleanEnd() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(OK);
                Calls calls = Calls.to(upstream)) {
            for (int i = 0; i < 300; i++) {
                assertThat(calls.post("/x", "{}").text()).isEqualTo("{}");
            }
            assertThat(upstream.connectionsAccepted()).isEqualTo(1);
        }
    }

    @Test
    void doesNotReuseWhatWasNotReadToTheEnd() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(
                        Script.stream(List.of("data: a\n\n", "data: b\n\n"), Duration.ofMillis(50)));
                Calls calls = Calls.to(upstream)) {
            try (UpstreamCall call = calls.call("/x")) {
                call.connect();
                call.head();
                call.read();
            }
            assertThat(calls.target().idleConnections()).isZero();
            eventually(SOON, () -> assertThat(upstream.liveConnections()).isZero());
        }
    }

    @Test
    void doesNotReuseWhatOnlyTheHeadWasReadOf() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.sse().silence());
                Calls calls = Calls.to(upstream)) {
            try (UpstreamCall call = calls.call("/x")) {
                call.connect();
                call.head();
            }
            upstream.awaitOnlyExchange().awaitDeparture(SOON);
            assertThat(calls.target().idleConnections()).isZero();
        }
    }

    @Test
    void keepsAConnectionThatWasOpenedAndNotUsedOutOfThePool() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(OK);
                Calls calls = Calls.to(upstream)) {
            try (UpstreamCall call = calls.call("/x")) {
                call.connect();
            }
            eventually(SOON, () -> assertThat(upstream.liveConnections()).isZero());
            assertThat(calls.target().idleConnections()).isZero();
        }
    }

    @Test
    void doesNotReuseAConnectionThatIsToBeClosed() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.json(200, "{}", "Connection: close"));
                Calls calls = Calls.to(upstream)) {
            calls.post("/x", "{}");
            calls.post("/x", "{}");
            assertThat(upstream.connectionsAccepted()).isEqualTo(2);
            assertThat(calls.target().idleConnections()).isZero();
        }
    }

    @Test
    void doesNotReuseAConnectionWithBytesBehindTheAnswer() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(
                        Script.script().raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n"));
                Calls calls = Calls.to(upstream)) {
            for (int i = 1; i <= 5; i++) {
                assertThat(calls.post("/x", "{}").text()).isEqualTo("{}");
                assertThat(calls.target().idleConnections()).isZero();
                assertThat(upstream.connectionsAccepted()).isEqualTo(i);
            }
        }
    }

    @Test
    void doesNotReuseAConnectionWithAWholeAnswerBehindTheAnswer() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.script().raw(answer + answer));
                Calls calls = Calls.to(upstream)) {
            for (int i = 1; i <= 5; i++) {
                assertThat(calls.post("/x", "{}").text()).isEqualTo("{}");
                assertThat(calls.target().idleConnections()).isZero();
            }
        }
    }

    @Test
    void doesNotReuseAConnectionWithABodyBehindAHeadWithoutOne() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(
                        Script.script().raw("HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n{}"));
                Calls calls = Calls.to(upstream)) {
            for (int i = 1; i <= 5; i++) {
                assertThat(calls.post("/x", "{}").status()).isEqualTo(204);
                assertThat(calls.target().idleConnections()).isZero();
            }
        }
    }

    /** Bytes that come on a connection at rest make it unfit: they would be taken for the next answer. */
    @Test
    void discardsAConnectionThatSpokeUnasked() throws Exception {
        var gate = new CountDownLatch(1);
        Script late = OK.gate(gate).raw("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
        var requests = new AtomicInteger();
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.start(request -> requests.getAndIncrement() == 0 ? late : OK);
                Calls calls = Calls.to(upstream)) {
            calls.post("/x", "{}");
            assertThat(calls.target().idleConnections()).isEqualTo(1);
            gate.countDown();
            upstream.awaitOnlyExchange().awaitEnd(SOON);
            eventually(SOON, () -> {
                assertThat(calls.post("/x", "{}").text()).isEqualTo("{}");
                assertThat(upstream.connectionsAccepted()).isGreaterThan(1);
            });
        }
    }

    @Test
    void removesAConnectionThatTheServerCloses() throws Exception {
        var gate = new CountDownLatch(1);
        try (ScriptedUpstream upstream = ScriptedUpstream.start(OK.gate(gate).close());
                Calls calls = Calls.to(upstream)) {
            calls.post("/x", "{}");
            assertThat(calls.target().idleConnections()).isEqualTo(1);
            gate.countDown();
            eventually(SOON, () -> assertThat(calls.target().idleConnections()).isZero());
        }
    }

    @Test
    void removesAConnectionThatTheServerResets() throws Exception {
        var gate = new CountDownLatch(1);
        try (ScriptedUpstream upstream = ScriptedUpstream.start(OK.gate(gate).reset());
                Calls calls = Calls.to(upstream)) {
            calls.post("/x", "{}");
            gate.countDown();
            eventually(SOON, () -> assertThat(calls.target().idleConnections()).isZero());
        }
    }

    /** The server closes right after each answer without having said so: every call must succeed all the same. */
    @RepeatedTest(3)
    void survivesAServerThatClosesAfterEachAnswer() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(OK.close());
                Calls calls = Calls.to(upstream)) {
            for (int i = 0; i < 200; i++) {
                assertThat(calls.post("/x", "{}").text()).isEqualTo("{}");
            }
        }
    }

    @Test
    void sendsARequestAgainOnceWhenAReusedConnectionGaveNothing() throws Exception {
        var requests = new AtomicInteger();
        try (ScriptedUpstream upstream = ScriptedUpstream.start(request ->
                        requests.incrementAndGet() == 2 ? Script.script().close() : OK);
                Calls calls = Calls.to(upstream)) {
            calls.post("/x", "{}");
            assertThat(calls.post("/y", "{\"same\":1}").text()).isEqualTo("{}");
            assertThat(upstream.requests()).hasSize(3);
            assertThat(upstream.requests().get(2).wireText())
                    .isEqualTo(upstream.requests().get(1).wireText());
            assertThat(upstream.connectionsAccepted()).isEqualTo(2);
        }
    }

    @Test
    void doesNotSendARequestAgainTwice() throws Exception {
        var requests = new AtomicInteger();
        try (ScriptedUpstream upstream = ScriptedUpstream.start(request ->
                        requests.incrementAndGet() >= 2 ? Script.script().reset() : OK);
                Calls calls = Calls.to(upstream)) {
            calls.post("/x", "{}");
            UpstreamException failure = catchThrowableOfType(UpstreamException.class, () -> calls.post("/y", "{}"));
            assertThat(failure.kind()).isEqualTo(Kind.NO_RESPONSE);
            assertThat(upstream.requests()).hasSize(3);
        }
    }

    @Test
    void doesNotSendARequestAgainAfterOneByteOfAnAnswer() throws Exception {
        var requests = new AtomicInteger();
        Script oneByte = Script.script().raw("H").pause(Duration.ofMillis(50)).close();
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.start(request -> requests.incrementAndGet() == 2 ? oneByte : OK);
                Calls calls = Calls.to(upstream)) {
            calls.post("/x", "{}");
            UpstreamException failure = catchThrowableOfType(UpstreamException.class, () -> calls.post("/y", "{}"));
            assertThat(failure.kind()).isEqualTo(Kind.NO_RESPONSE);
            assertThat(upstream.requests()).hasSize(2);
        }
    }

    @Test
    void doesNotSendARequestAgainOnAFreshConnection() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.script().close());
                Calls calls = Calls.to(upstream)) {
            assertThat(catchThrowableOfType(UpstreamException.class, () -> calls.post("/y", "{}"))
                            .kind())
                    .isEqualTo(Kind.NO_RESPONSE);
            assertThat(upstream.requests()).hasSize(1);
        }
    }

    @Test
    void closesWhatWasIdleForTooLong() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(OK);
                Calls calls = Calls.to(upstream)) {
            calls.post("/x", "{}");
            calls.target().closeIdle(Duration.ofHours(1).toNanos());
            assertThat(calls.target().idleConnections()).isEqualTo(1);
            calls.target().closeIdle(0);
            assertThat(calls.target().idleConnections()).isZero();
            eventually(SOON, () -> assertThat(upstream.liveConnections()).isZero());
            assertThat(calls.post("/x", "{}").text()).isEqualTo("{}");
        }
    }

    @Test
    void keepsNothingForATargetThatWasClosed() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(OK);
                Calls calls = Calls.to(upstream)) {
            calls.post("/x", "{}");
            try (UpstreamCall call = calls.call("/x")) {
                call.connect();
                calls.target().close();
                assertThat(call.head().status()).isEqualTo(200);
                Calls.readAll(call);
            }
            assertThat(calls.target().idleConnections()).isZero();
            eventually(SOON, () -> assertThat(upstream.liveConnections()).isZero());
        }
    }

    @Test
    void takesTheConnectionUsedLast() throws Exception {
        var gate = new CountDownLatch(1);
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.start(request -> request.path().equals("/slow")
                                ? Script.script().gate(gate).then(OK)
                                : OK);
                Calls calls = Calls.to(upstream)) {
            Thread slow = Thread.startVirtualThread(() -> calls.get("/slow"));
            upstream.awaitExchanges(1, SOON);
            calls.get("/x");
            gate.countDown();
            slow.join();
            assertThat(calls.target().idleConnections()).isEqualTo(2);
            calls.get("/y");
            assertThat(upstream.requests().getLast().connection()).isEqualTo(1);
        }
    }
}
