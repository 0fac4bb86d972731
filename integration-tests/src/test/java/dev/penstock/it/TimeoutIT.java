// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Patience;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Group T: every clock of a stream rings, once, with its own outcome. Confined to one thread per test. */
@Lab
final class TimeoutIT {
    @Test
    @DisplayName("T01a answers 504 when no connection is made in time")
    void answers504WithoutAConnection() throws IOException {
        try (var full = new FullListener();
                var lab = Laboratory.openBroken(Map.of("LAB_UPSTREAM_1", full.url()))) {
            Response response = lab.call(Calls.chat());

            Protocol.CHAT.assertRefusal(response, 504);
            Patience.assertOnTime(response.untilHead(), Duration.ofSeconds(1));
            lab.assertOutcome("connect_failed", 1);
            lab.check(false);
        }
    }

    @Test
    @DisplayName("T01 answers 502 when the connection is refused")
    void answers502WhenRefused() throws IOException {
        try (var lab = Laboratory.openBroken(Map.of("LAB_UPSTREAM_1", "http://127.0.0.1:" + Ports.free()))) {
            Protocol.CHAT.assertRefusal(lab.call(Calls.chat()), 502);
            lab.assertOutcome("connect_failed", 1);
            lab.check(false);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("T01b answers 504 when the upstream does not answer in time, and closes it")
    void answers504WithoutAFirstByte(Protocol protocol, Laboratory lab) throws IOException {
        lab.play(Script.script().silence());

        Response response = lab.call(protocol.request());

        protocol.assertRefusal(response, 504);
        Patience.assertOnTime(response.untilHead(), Duration.ofSeconds(2));
        lab.upstream().awaitOnlyExchange().awaitDeparture(Patience.seconds(1));
        lab.assertOutcome("first_byte_timeout", 1);
    }

    @Test
    @Lab({"LAB_RETRY_ATTEMPTS=2", "LAB_WEIGHT_2=1"})
    @DisplayName("T01c asks a second instance when the first does not answer in time")
    void asksASecondInstance(Laboratory lab) throws IOException {
        lab.play(Script.script().silence());
        Response response = lab.call(Calls.chat());
        for (int i = 0; i < 3 && lab.upstream(1).exchanges().isEmpty(); i++) {
            response = lab.call(Calls.chat());
        }

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.text()).isEqualTo(String.join("", ProviderEvents.chat(3)));
        Patience.assertOnTime(response.untilHead(), Duration.ofSeconds(2));
        assertThat(lab.growth("penstock_retries_total")).isEqualTo(1);
        eventually(Patience.seconds(5), () -> assertThat(lab.outcomes()).containsOnlyKeys("completed"));
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("T02 cuts a stream that falls silent, in view of the client")
    void cutsAStreamThatFallsSilent(Protocol protocol, Laboratory lab) throws IOException {
        lab.play(Script.sse().events(protocol.opening(3)).silence());

        Response response = lab.call(protocol.request());

        protocol.assertCut(response, String.join("", protocol.opening(3)));
        Patience.assertOnTime(response.bodyTook(), Duration.ofSeconds(2));
        lab.upstream().awaitOnlyExchange().awaitDeparture(Patience.seconds(1));
        lab.assertOutcome("idle_timeout", 1);
    }

    @Test
    @DisplayName("T04 cuts streams that never end, slow and fast")
    void cutsEndlessStreams(Laboratory lab) throws Exception {
        lab.play(request -> Script.sse()
                .forever(
                        i -> ProviderEvents.chatDelta("t" + i),
                        request.mentions("slow") ? Duration.ofMillis(10) : Duration.ZERO));

        List<Duration> took = lab.atOnce(2, i -> readAll(lab, i == 0 ? "slow" : "fast"));

        Patience.assertOnTime(took.getFirst(), Duration.ofSeconds(6));
        assertThat(took.getLast()).isLessThan(Patience.latest(Duration.ofSeconds(6)));
        eventually(
                Patience.seconds(2),
                () -> assertThat(lab.outcomes().values().stream()
                                .mapToLong(n -> n)
                                .sum())
                        .isEqualTo(2));
        assertThat(lab.outcomes()).containsKey("max_duration");
        assertThat(lab.outcomes().keySet()).isSubsetOf("max_duration", "limit_exceeded");
    }

    /** Reads without keeping: a fast stream is gigabytes. */
    private static Duration readAll(Laboratory lab, String model) throws IOException {
        try (var client = lab.connect()) {
            long start = System.nanoTime();
            client.send(Calls.chat(model).consumer(model)).readHead();
            String last = "";
            var arrival = client.readSome();
            while (arrival.isPresent()) {
                last += arrival.get().text();
                last = last.substring(Math.max(0, last.length() - 1000));
                arrival = client.readSome();
            }
            assertThat(last).contains("\"error\"");
            assertThat(client.end().isAbortive()).isTrue();
            return Patience.since(start);
        }
    }
}
