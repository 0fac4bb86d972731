// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import static dev.penstock.exchange.TestedProxy.chat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RecordedRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import dev.penstock.testing.ScriptedUpstream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Another attempt while the client has nothing: when there is one, what it carries, and when there is none. */
class FailoverTest {
    private static final String ERROR = "data: {\"error\":{\"message\":\"overloaded\"}}\n\n";
    private static final String GOOD = String.join("", ProviderEvents.chat(3));

    /** What the first instance does, by name. */
    enum Fault {
        RESET,
        CLOSE,
        SILENCE,
        STATUS,
        TOO_MANY,
        HEAD_THEN_RESET,
        HEAD_THEN_CLOSE,
        HEAD_THEN_END,
        HEAD_THEN_SILENCE,
        ERROR_EVENT,
        BROKEN_GZIP;

        private Script script() {
            Script head = Script.sse("x-from: one");
            return switch (this) {
                case RESET -> Script.script().reset();
                case CLOSE -> Script.script().close();
                case SILENCE -> Script.script().silence();
                case STATUS -> Script.json(503, "{\"from\":\"one\"}", "x-from: one");
                case TOO_MANY -> Script.json(429, "{\"from\":\"one\"}", "x-from: one");
                case HEAD_THEN_RESET -> head.reset();
                case HEAD_THEN_CLOSE -> head.close();
                case HEAD_THEN_END -> head.end();
                case HEAD_THEN_SILENCE -> head.silence();
                case ERROR_EVENT -> head.event(ERROR).end();
                case BROKEN_GZIP ->
                    Script.sse("x-from: one", "content-encoding: gzip")
                            .text("no gzip")
                            .end();
            };
        }
    }

    static List<Fault> faults() {
        return List.of(Fault.values());
    }

    private static TestedProxy proxy(ScriptedUpstream one, ScriptedUpstream two, String retry) throws IOException {
        return TestedProxy.of("""
            stream: {timeouts: {first_byte: 300ms}}
            clusters:
              - name: c
                retry: {%s}
                instances:
                  - {name: one, url: "%s", priority: 0, auth: {bearer: key-one}, model: model-one}
                  - {name: two, url: "%s", priority: 1, auth: {header: {name: x-api-key, value: key-two}}, model: model-two}
            routes:
              - {match: {model: "*"}, cluster: c}
            """.formatted(retry, one.url(), two.url()));
    }

    private static final String EVERYTHING =
            "attempts: 2, on: [connect_failed, reset, first_byte_timeout, error_event, 429, 5xx], budget: 100%";

    @ParameterizedTest
    @MethodSource("faults")
    void showsTheClientOnlyTheSecondInstance(Fault fault) throws IOException {
        try (ScriptedUpstream one = ScriptedUpstream.start(fault.script());
                ScriptedUpstream two = ScriptedUpstream.start(Script.stream(ProviderEvents.chat(3)));
                TestedProxy proxy = proxy(one, two, EVERYTHING)) {
            Response response = proxy.exchange(chat().header("Authorization", "Bearer client-key"));

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.text()).isEqualTo(GOOD);
            assertThat(response.header("x-from")).isEmpty();
            assertThat(proxy.outcome()).isEqualTo("completed");
            assertThat(proxy.entry().attempts()).isEqualTo(2);
            assertThat(proxy.entry().instance()).isEqualTo("two");
            RecordedRequest second = two.awaitOnlyExchange().request();
            assertThat(second.headers("x-api-key")).containsExactly("key-two");
            assertThat(second.header("authorization")).isEmpty();
            assertThat(second.bodyText()).contains("\"model\":\"model-two\"");
            assertThat(second.mentions("client-key") || second.mentions("key-one"))
                    .isFalse();
            assertThat(one.requests().getFirst().bodyText()).contains("\"model\":\"model-one\"");
            assertThat(proxy.metrics().sum("penstock_retries_total")).isEqualTo(1);
            assertThat(proxy.metrics().sum("penstock_streams_total")).isEqualTo(1);
            proxy.awaitQuiet();
        }
    }

    @Test
    void triesAnotherInstanceWhenOneRefuses() throws IOException {
        ScriptedUpstream gone = ScriptedUpstream.start(Script.script().close());
        gone.close();
        try (ScriptedUpstream two = ScriptedUpstream.start(Script.stream(ProviderEvents.chat(3)));
                TestedProxy proxy = proxy(gone, two, EVERYTHING)) {
            assertThat(proxy.exchange(chat()).text()).isEqualTo(GOOD);
            assertThat(proxy.outcome()).isEqualTo("completed");
            proxy.awaitQuiet();
        }
    }

    @ParameterizedTest
    @MethodSource("faults")
    void staysWithTheFirstInstanceWhenNothingMayBeRetried(Fault fault) throws IOException {
        try (ScriptedUpstream one = ScriptedUpstream.start(fault.script());
                ScriptedUpstream two = ScriptedUpstream.start(Script.stream(ProviderEvents.chat(3)));
                TestedProxy proxy = proxy(one, two, "attempts: 1")) {
            Response response = proxy.exchange(chat());

            assertThat(response.text()).isNotEqualTo(GOOD);
            assertThat(two.requests()).isEmpty();
            assertThat(proxy.entry().attempts()).isEqualTo(1);
            assertThat(proxy.outcome())
                    .isEqualTo(
                            switch (fault) {
                                case RESET, CLOSE, STATUS, TOO_MANY, HEAD_THEN_RESET, ERROR_EVENT, BROKEN_GZIP ->
                                    "upstream_error";
                                case SILENCE, HEAD_THEN_SILENCE -> "first_byte_timeout";
                                case HEAD_THEN_CLOSE, HEAD_THEN_END -> "upstream_truncated";
                            });
            proxy.awaitQuiet();
        }
    }

    @Test
    void showsAnErrorEventThatMayNotBeRetried() throws IOException {
        try (ScriptedUpstream one = ScriptedUpstream.start(Fault.ERROR_EVENT.script());
                ScriptedUpstream two = ScriptedUpstream.start(Script.stream(ProviderEvents.chat(3)));
                TestedProxy proxy = proxy(one, two, "attempts: 2, on: [reset]")) {
            Response response = proxy.exchange(chat());

            assertThat(response.text()).isEqualTo(ERROR);
            assertThat(response.end().isAbortive()).isTrue();
            assertThat(proxy.outcome()).isEqualTo("upstream_error");
        }
    }

    @Test
    void neverRetriesOnceTheClientHasSomething() throws IOException {
        Script cut = Script.sse()
                .events(ProviderEvents.chatDeltas(1))
                .pause(java.time.Duration.ofMillis(200))
                .reset();
        try (ScriptedUpstream one = ScriptedUpstream.start(cut);
                ScriptedUpstream two = ScriptedUpstream.start(Script.stream(ProviderEvents.chat(3)));
                TestedProxy proxy = proxy(one, two, EVERYTHING)) {
            Response response = proxy.exchange(chat());

            assertThat(response.end().isAbortive()).isTrue();
            assertThat(two.requests()).isEmpty();
            assertThat(proxy.outcome()).isEqualTo("upstream_error");
        }
    }

    @Test
    void neverRetriesWithoutABudget() throws IOException {
        try (ScriptedUpstream one = ScriptedUpstream.start(Fault.STATUS.script());
                ScriptedUpstream two = ScriptedUpstream.start(Fault.STATUS.script());
                TestedProxy proxy = proxy(one, two, "attempts: 5, on: [5xx], budget: 0%")) {
            for (int i = 0; i < 40; i++) {
                assertThat(proxy.exchange(chat()).status()).isIn(502, 503);
            }
            int attempts = one.requests().size() + two.requests().size();
            assertThat(attempts).isLessThan(40 * 2);
            assertThat(proxy.metrics().sum("penstock_retries_total")).isEqualTo(attempts - 40);
            proxy.awaitQuiet();
        }
    }

    @Test
    void answersWithTheLastFailureWhenAllInstancesFail() throws IOException {
        try (ScriptedUpstream one = ScriptedUpstream.start(Fault.HEAD_THEN_END.script());
                ScriptedUpstream two = ScriptedUpstream.start(Script.json(500, "{\"odd\":1}"));
                TestedProxy proxy = proxy(one, two, EVERYTHING)) {
            Response response = proxy.exchange(chat());

            assertThat(response.status()).isEqualTo(500);
            assertThat(response.text()).isEqualTo("{\"odd\":1}");
            assertThat(proxy.outcome()).isEqualTo("upstream_error");
            assertThat(proxy.entry().attempts()).isEqualTo(2);
            proxy.awaitQuiet();
        }
    }

    @Test
    void fallsBackAlongTheRoutesClusters() throws IOException {
        try (ScriptedUpstream bad = ScriptedUpstream.start(Fault.STATUS.script());
                ScriptedUpstream good = ScriptedUpstream.start(Script.stream(ProviderEvents.chat(3)));
                TestedProxy proxy = TestedProxy.of("""
                    clusters:
                      - {name: a, retry: {attempts: 1}, instances: [{name: one, url: "%s"}]}
                      - {name: b, retry: {attempts: 1}, instances: [{name: two, url: "%s"}]}
                    routes:
                      - {match: {model: "*"}, cluster: a, fallback: [b]}
                    """.formatted(bad.url(), good.url()))) {
            Response response = proxy.exchange(chat());

            assertThat(response.text()).isEqualTo(GOOD);
            assertThat(proxy.entry().cluster()).isEqualTo("b");
            assertThat(proxy.outcome()).isEqualTo("completed");
            proxy.awaitQuiet();
        }
    }

    @Test
    void goesNowhereElseWhenTheClientHasLeft() throws IOException {
        try (ScriptedUpstream silent = ScriptedUpstream.start(Script.script().silence());
                ScriptedUpstream good = ScriptedUpstream.start(Script.stream(ProviderEvents.chat(3)));
                TestedProxy proxy = TestedProxy.of("""
                    clusters:
                      - {name: a, instances: [{name: one, url: "%s"}]}
                      - {name: b, instances: [{name: two, url: "%s"}]}
                    routes:
                      - {match: {model: "*"}, cluster: a, fallback: [b]}
                    """.formatted(silent.url(), good.url()))) {
            var client = proxy.client();
            client.send(chat());
            silent.awaitExchanges(1, TestedProxy.SOON);
            client.close();

            assertThat(proxy.outcome()).isEqualTo("client_disconnect");
            assertThat(good.requests()).isEmpty();
            proxy.awaitQuiet();
        }
    }
}
