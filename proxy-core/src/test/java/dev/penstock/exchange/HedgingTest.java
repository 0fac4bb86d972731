// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import static dev.penstock.exchange.TestedProxy.SOON;
import static dev.penstock.exchange.TestedProxy.chat;
import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Playbook;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import dev.penstock.testing.ScriptedUpstream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A second instance is asked beside a slow first: who wins, what becomes of the other, and when there is none. */
class HedgingTest {
    private static final String GOOD = String.join("", ProviderEvents.chat(3));
    private static final String HEDGE = "attempts: 2, budget: 100%, hedge_after: 50ms, on: [connect_failed, reset,"
            + " first_byte_timeout, error_event, 429, 5xx]";

    private final ScriptedUpstream one = ScriptedUpstream.start(Script.script().silence());
    private final ScriptedUpstream two = ScriptedUpstream.start(Script.stream(ProviderEvents.chat(3)));

    @AfterEach
    void stop() {
        one.close();
        two.close();
    }

    /** The first instance is asked first, the second beside it or after it. */
    private TestedProxy proxy(String retry, String... stream) throws IOException {
        return TestedProxy.of("""
            stream: {%s}
            clusters:
              - name: c
                retry: {%s}
                instances: [{name: one, url: "%s", priority: 0}, {name: two, url: "%s", priority: 1}]
            routes:
              - {match: {model: "*"}, cluster: c}
            """.formatted(String.join(", ", stream), retry, one.url(), two.url()));
    }

    /** Ways of the first instance to be slow. */
    enum Slow {
        NO_HEAD,
        NO_EVENT,
        ONLY_COMMENTS,
        HALF_AN_EVENT;

        Script script() {
            return switch (this) {
                case NO_HEAD -> Script.script().silence();
                case NO_EVENT -> Script.sse().silence();
                case ONLY_COMMENTS -> Script.sse().forever(i -> ": working\n\n", Duration.ofMillis(5));
                case HALF_AN_EVENT -> Script.sse().event("data: {\"cho").silence();
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSecondAnswersAndTheFirstIsBrokenOff(Slow slow) throws IOException {
        one.play(slow.script());
        try (TestedProxy proxy = proxy(HEDGE)) {
            Response response = proxy.exchange(chat());

            assertThat(response.text()).isEqualTo(GOOD);
            assertThat(proxy.entry().instance()).isEqualTo("two");
            assertThat(proxy.entry().attempts()).isEqualTo(2);
            assertThat(proxy.outcome()).isEqualTo("completed");
            one.awaitOnlyExchange().awaitDeparture(SOON);
            proxy.awaitQuiet();
            assertThat(proxy.metrics().sum("penstock_streams_total")).isEqualTo(1);
            assertThat(proxy.metrics().sum("penstock_retries_total", "reason", "hedge"))
                    .isEqualTo(1);
            assertThat(proxy.metrics()
                            .sum("penstock_upstream_requests_total", "instance", "one", "result", "hedge_lost"))
                    .isEqualTo(1);
            assertThat(proxy.metrics().sum("penstock_upstream_requests_total")).isEqualTo(2);
            assertThat(proxy.metrics().sum("penstock_upstream_aborts_total", "reason", "hedge_lost"))
                    .isEqualTo(1);
        }
    }

    @Test
    void aSilentInstanceIsLearntToBeSlow() throws IOException {
        try (TestedProxy proxy = TestedProxy.of("""
            clusters:
              - name: c
                balancer: peak_ewma
                retry: {attempts: 2, budget: 100%%, hedge_after: 500ms}
                instances: [{name: one, url: "%s"}, {name: two, url: "%s"}]
            routes:
              - {match: {model: "*"}, cluster: c}
            """.formatted(one.url(), two.url()))) {
            for (int i = 0; i < 6; i++) {
                assertThat(proxy.exchange(chat()).text()).isEqualTo(GOOD);
            }
            assertThat(one.requests()).hasSize(1);
            proxy.awaitQuiet();
        }
    }

    @Test
    void aTrialThatIsOutrunFails() throws IOException {
        one.play(request -> one.requests().size() == 1
                ? Script.json(500, "{}")
                : Script.script().silence());
        try (TestedProxy proxy = TestedProxy.of("""
            clusters:
              - name: c
                health: {passive: {failures: 1, eject: 700ms}}
                retry: {%s}
                instances: [{name: one, url: "%s", priority: 0}, {name: two, url: "%s", priority: 1}]
            routes:
              - {match: {model: "*"}, cluster: c}
            """.formatted(HEDGE, one.url(), two.url()))) {
            eventually(SOON, () -> {
                assertThat(proxy.exchange(chat()).text()).isEqualTo(GOOD);
                assertThat(one.requests().size()).isGreaterThan(1);
            });
            assertThat(proxy.metrics().sum("penstock_upstream_healthy", "instance", "one"))
                    .as("ejected again")
                    .isZero();
            proxy.awaitQuiet();
        }
    }

    @Test
    void nobodyElseIsAskedWhenTheFirstIsQuick() throws IOException {
        one.play(Script.stream(ProviderEvents.chat(3), Duration.ofMillis(40)));
        try (TestedProxy proxy = proxy(HEDGE.replace("50ms", "10s"))) {
            assertThat(proxy.exchange(chat()).text()).isEqualTo(GOOD);
            assertThat(two.requests()).isEmpty();
            proxy.awaitQuiet();
        }
    }

    /** Ways of the second instance to fail while the first is under way. */
    enum Failing {
        RESET,
        STATUS,
        ERROR_EVENT,
        NO_EVENT;

        Script script() {
            return switch (this) {
                case RESET -> Script.script().reset();
                case STATUS -> Script.json(503, "{}");
                case ERROR_EVENT ->
                    Script.sse()
                            .event("data: {\"error\":{\"message\":\"x\"}}\n\n")
                            .end();
                case NO_EVENT -> Script.sse().end();
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSlowOneStillWinsWhenTheOtherFails(Failing failing) throws IOException {
        two.play(failing.script());
        one.play(request -> {
            two.awaitExchanges(1, SOON);
            return Script.script().pause(Duration.ofMillis(100)).then(Script.stream(ProviderEvents.chat(3)));
        });
        try (TestedProxy proxy = proxy(HEDGE)) {
            assertThat(proxy.exchange(chat()).text()).isEqualTo(GOOD);
            assertThat(proxy.entry().instance()).isEqualTo("one");
            assertThat(proxy.outcome()).isEqualTo("completed");
            proxy.awaitQuiet();
        }
    }

    @Test
    void theClientSeesTheLastFailureWhenAllFail() throws IOException {
        two.play(Script.json(503, "{\"from\":\"two\"}"));
        one.play(request -> {
            two.awaitExchanges(1, SOON);
            return Script.script().pause(Duration.ofMillis(100)).then(Script.json(500, "{\"from\":\"one\"}"));
        });
        try (TestedProxy proxy = proxy(HEDGE)) {
            Response response = proxy.exchange(chat());

            assertThat(response.status()).isEqualTo(500);
            assertThat(response.text()).isEqualTo("{\"from\":\"one\"}");
            proxy.awaitQuiet();
        }
    }

    @Test
    void thereIsNoHedgeWithoutBudgetOrAnotherInstance() throws IOException {
        one.play(Script.script().pause(Duration.ofMillis(200)).then(Script.stream(ProviderEvents.chat(3))));
        try (TestedProxy proxy = proxy(HEDGE.replace("100%", "0%"))) {
            assertThat(proxy.exchange(chat()).text()).isEqualTo(GOOD);
            assertThat(two.requests()).isEmpty();
        }
        String lone = proxyOfOne();
        try (TestedProxy proxy = TestedProxy.of(lone)) {
            assertThat(proxy.exchange(chat()).text()).isEqualTo(GOOD);
            assertThat(proxy.entry().attempts()).isEqualTo(1);
            proxy.awaitQuiet();
        }
    }

    private String proxyOfOne() {
        return """
            clusters: [{name: c, retry: {%s}, instances: [{name: one, url: "%s"}]}]
            routes: [{match: {model: "*"}, cluster: c}]
            """.formatted(HEDGE, one.url());
    }

    @Test
    void aDepartureBreaksBothOffAndIsOneStream() throws IOException {
        two.play(Script.sse().silence());
        try (TestedProxy proxy = proxy(HEDGE)) {
            RawHttpClient client = proxy.client();
            client.send(chat());
            two.awaitExchanges(1, SOON);
            assertThat(proxy.metrics().sum("penstock_streams_active")).isEqualTo(1);
            assertThat(proxy.metrics().sum("penstock_upstream_in_flight")).isEqualTo(2);
            client.close();

            one.awaitOnlyExchange().awaitDeparture(SOON);
            two.awaitOnlyExchange().awaitDeparture(SOON);
            assertThat(proxy.outcome()).isEqualTo("client_disconnect");
            proxy.awaitQuiet();
            assertThat(proxy.metrics().sum("penstock_upstream_requests_total", "result", "client_disconnect"))
                    .isEqualTo(2);
            assertThat(proxy.metrics().sum("penstock_upstream_requests_total")).isEqualTo(2);
            assertThat(proxy.metrics().sum("penstock_upstream_aborts_total", "reason", "client_disconnect"))
                    .isEqualTo(2);
        }
    }

    @Test
    void theClocksAreObeyed() throws IOException {
        two.play(Script.sse().silence());
        try (TestedProxy proxy = proxy(HEDGE, "timeouts: {total: 300ms}")) {
            assertThat(proxy.exchange(chat()).status()).isEqualTo(504);
            assertThat(proxy.outcome()).isEqualTo("max_duration");
            proxy.awaitQuiet();
        }
        try (TestedProxy proxy = proxy(HEDGE, "timeouts: {first_byte: 300ms}")) {
            assertThat(proxy.exchange(chat()).status()).isEqualTo(504);
            assertThat(proxy.outcome()).isEqualTo("first_byte_timeout");
            proxy.awaitQuiet();
        }
    }

    @Test
    void aServerThatShowsLifeHasBroughtItsFirstByte() throws IOException {
        String comment = ": working\n\n";
        one.play(Script.sse()
                .event(comment)
                .pause(Duration.ofSeconds(2))
                .events(ProviderEvents.chat(3))
                .end());
        try (TestedProxy proxy = proxy(HEDGE.replace("50ms", "8s"), "timeouts: {first_byte: 1s}")) {
            assertThat(proxy.exchange(chat()).text()).endsWith(GOOD);
            assertThat(proxy.outcome()).isEqualTo("completed");
            proxy.awaitQuiet();
        }
        one.play(Script.sse().event(comment).silence());
        try (TestedProxy proxy = proxy("attempts: 2, hedge_after: 8s, on: [5xx]", "timeouts: {idle: 300ms}")) {
            assertThat(proxy.exchange(chat()).status()).isEqualTo(504);
            assertThat(proxy.outcome()).isEqualTo("idle_timeout");
            proxy.awaitQuiet();
        }
    }

    @Test
    void commentsWithoutEndAreNotKept() throws IOException {
        one.play(Script.sse().forever(i -> ": working\n\n", Duration.ofMillis(1)));
        try (TestedProxy proxy = proxy(HEDGE.replace("50ms", "9s"), "limits: {event: 1KiB}")) {
            try (RawHttpClient client = proxy.client()) {
                client.send(chat()).readHead();
            }
            assertThat(two.requests()).isEmpty();
            assertThat(proxy.outcome()).isEqualTo("client_disconnect");
            proxy.awaitQuiet();
        }
    }

    @Test
    void thereIsNoHedgeAtAnInstanceThatAskedForPeace() throws IOException {
        two.play(Script.json(429, "{}", "retry-after: 30"));
        one.play(request -> one.requests().size() == 1
                ? Script.script().silence()
                : Script.script().pause(Duration.ofMillis(300)).then(Script.stream(ProviderEvents.chat(3))));
        try (TestedProxy proxy = proxy(HEDGE, "timeouts: {first_byte: 400ms}")) {
            proxy.exchange(chat());
            assertThat(two.requests()).hasSize(1);
            assertThat(proxy.exchange(chat()).text()).isEqualTo(GOOD);
            assertThat(two.requests()).hasSize(1);
            proxy.awaitQuiet();
        }
    }

    @Test
    void aThousandRacesEndInOneAnswerEach() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        one.play(random(new Random(seed)));
        two.play(random(new Random(seed + 1)));
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        try (TestedProxy proxy = TestedProxy.of("""
            clusters:
              - name: c
                balancer: round_robin
                health: {passive: {failures: off}}
                retry: {attempts: 6, budget: 100%%, hedge_after: 10ms, on: [connect_failed, reset, error_event, 5xx]}
                instances: [{name: one, url: "%s"}, {name: two, url: "%s"}]
            routes:
              - {match: {model: "*"}, cluster: c}
            """.formatted(one.url(), two.url()))) {
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                clients.add(Thread.ofVirtual().start(() -> ask(proxy, 50, wrong)));
            }
            for (Thread client : clients) {
                assertThat(client.join(Duration.ofSeconds(60))).isTrue();
            }

            assertThat(wrong).isEmpty();
            eventually(SOON, () -> assertThat(proxy.log()).hasSize(1_000));
            proxy.awaitQuiet();
            eventually(
                    SOON,
                    () -> assertThat(one.busyConnections() + two.busyConnections())
                            .isZero());
            assertThat(proxy.log())
                    .as("only where both failed, or the budget was spent, has a client seen a failure")
                    .filteredOn(entry -> entry.outcome().equals("completed"))
                    .hasSizeGreaterThan(900);
            assertThat(proxy.log())
                    .allMatch(entry -> Set.of("completed", "upstream_error").contains(entry.outcome()));
            assertThat(proxy.metrics().sum("penstock_retries_total", "reason", "hedge"))
                    .isGreaterThan(100);
            double attempts =
                    proxy.log().stream().mapToInt(AccessEntry::attempts).sum();
            assertThat(proxy.metrics().sum("penstock_upstream_requests_total")).isEqualTo(attempts);
        }
    }

    private static void ask(TestedProxy proxy, int times, Queue<String> wrong) {
        try (RawHttpClient client = proxy.client()) {
            for (int i = 0; i < times; i++) {
                Response response = client.exchange(chat());
                boolean good = response.status() == 200 && response.text().equals(GOOD);
                boolean spent = response.status() == 502 || response.status() == 503;
                if (!(good || spent) || !response.end().isClean()) {
                    wrong.add(response.toString());
                }
            }
        } catch (IOException e) {
            wrong.add(e.toString());
        }
    }

    /** Answers around the time of the hedge, in one of ten cases not at all well. */
    private static Playbook random(Random random) {
        return request -> {
            synchronized (random) {
                Script pause = Script.script().pause(Duration.ofMillis(random.nextInt(25)));
                return switch (random.nextInt(20)) {
                    case 0 -> pause.then(Script.json(503, "{}"));
                    case 1 -> pause.reset();
                    default -> pause.then(Script.stream(ProviderEvents.chat(3)));
                };
            }
        };
    }
}
