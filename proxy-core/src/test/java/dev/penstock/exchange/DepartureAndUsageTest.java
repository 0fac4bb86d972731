// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import static dev.penstock.exchange.TestedProxy.SOON;
import static dev.penstock.exchange.TestedProxy.chat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import dev.penstock.testing.ScriptedUpstream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Usage that only we asked for, and usage of streams that nobody waits for any more. */
class DepartureAndUsageTest {
    private static final String DRAIN = "on_client_abort: {drain: {time: %s, bytes: %s}}";

    private static RawHttpClient leaveAfterTwo(TestedProxy proxy) throws IOException {
        RawHttpClient client = proxy.client();
        client.send(chat());
        client.readEventsAfterHead(2);
        client.close();
        return client;
    }

    @Test
    void readsOnForTheUsageOfAStreamWhoseClientHasLeft() throws IOException {
        var gate = new CountDownLatch(1);
        List<String> events = ProviderEvents.chat(5);
        Script script = Script.sse()
                .events(events.subList(0, 2))
                .gate(gate)
                .events(events.subList(2, events.size()), Duration.ofMillis(20))
                .end();
        try (ScriptedUpstream upstream = ScriptedUpstream.start(script);
                TestedProxy proxy = TestedProxy.before(upstream, DRAIN.formatted("20s", "1MiB"))) {
            leaveAfterTwo(proxy);
            gate.countDown();

            assertThat(proxy.outcome()).isEqualTo("client_disconnect");
            assertThat(proxy.entry().tokens()).containsEntry("output", 5L);
            assertThat(upstream.awaitOnlyExchange().departure()).isEmpty();
            proxy.awaitQuiet();
        }
    }

    @Test
    void readsOnNoLongerThanItMay() throws IOException {
        assertGivesUpReadingOn(twoEvents().forever(i -> ": \n\n", Duration.ofMillis(20)), "300ms", "1MiB");
    }

    @Test
    void readsOnNoLongerThanItMayWhileTheUpstreamIsSilent() throws IOException {
        assertGivesUpReadingOn(twoEvents().silence(), "300ms", "1MiB");
    }

    @Test
    void readsOnNoMoreThanItMay() throws IOException {
        Script hot = twoEvents().forever(i -> "data: " + "x".repeat(1000) + "\n\n", Duration.ZERO);
        assertGivesUpReadingOn(hot, "1h", "64KiB");
    }

    private static Script twoEvents() {
        return Script.sse().events(ProviderEvents.chatDeltas(2));
    }

    private static void assertGivesUpReadingOn(Script script, String time, String bytes) throws IOException {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(script);
                TestedProxy proxy = TestedProxy.before(upstream, DRAIN.formatted(time, bytes))) {
            leaveAfterTwo(proxy);

            upstream.awaitOnlyExchange().awaitDeparture(SOON);
            assertThat(proxy.outcome()).isEqualTo("client_disconnect");
            proxy.awaitQuiet();
        }
    }

    @Test
    void drainsNothingBeforeTheUpstreamHasBegun() throws IOException {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.script().silence());
                TestedProxy proxy = TestedProxy.before(upstream, DRAIN.formatted("1h", "1MiB"))) {
            RawHttpClient client = proxy.client();
            client.send(chat());
            upstream.awaitExchanges(1, SOON);
            client.close();

            upstream.awaitOnlyExchange().awaitDeparture(SOON);
            assertThat(proxy.outcome()).isEqualTo("client_disconnect");
            proxy.awaitQuiet();
        }
    }

    @Test
    void doesNotHoldUpAShutdown() throws IOException {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(twoEvents().silence());
                TestedProxy proxy = TestedProxy.before(upstream, DRAIN.formatted("1h", "1MiB"))) {
            leaveAfterTwo(proxy);

            proxy.server().close();

            upstream.awaitOnlyExchange().awaitDeparture(SOON);
            assertThat(proxy.outcome()).isIn("client_disconnect", "shutdown");
        }
    }

    @Test
    void asksForUsageAndHidesWhatTheClientDidNotAskFor() throws IOException {
        List<String> events = ProviderEvents.chat(3);
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.stream(events));
                TestedProxy proxy = TestedProxy.before(upstream, "inject_usage: true")) {
            Response response = proxy.exchange(chat());

            assertThat(upstream.requests().getFirst().bodyText()).contains("\"include_usage\":true");
            assertThat(response.text()).isEqualTo(String.join("", events).replace(ProviderEvents.chatUsage(7, 3), ""));
            assertThat(proxy.entry().tokens()).containsEntry("input", 7L).containsEntry("output", 3L);
        }
    }

    @Test
    void showsUsageToAClientThatAskedItself() throws IOException {
        List<String> events = ProviderEvents.chat(3);
        String body = "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true},\"messages\":[]}";
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.stream(events));
                TestedProxy proxy = TestedProxy.before(upstream, "inject_usage: true")) {
            Response response = proxy.exchange(RawRequest.postJson("/v1/chat/completions", body));

            assertThat(upstream.requests().getFirst().bodyText()).isEqualTo(body);
            assertThat(response.text()).isEqualTo(String.join("", events));
        }
    }

    @Test
    void leavesTheRequestAloneWhenItIsNotToAsk() throws IOException {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.stream(ProviderEvents.chat(3)));
                TestedProxy proxy = TestedProxy.before(upstream)) {
            Response response = proxy.exchange(chat());

            assertThat(upstream.requests().getFirst().bodyText()).doesNotContain("stream_options");
            assertThat(response.text()).contains("\"usage\"");
        }
    }

    @Test
    void readsTheUsageOfAnAnswerOfManyMegabytesWithoutHoldingIt() throws IOException {
        String filler = "\"x\":\"" + "é".repeat(3 << 20) + "\",";
        String json = ProviderEvents.chatJson("hi").replaceFirst("\\{", "{" + filler);
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.json(200, json));
                TestedProxy proxy = TestedProxy.before(upstream)) {
            Response response = proxy.exchange(TestedProxy.plainChat());

            assertThat(response.text()).isEqualTo(json);
            assertThat(proxy.entry().tokens()).containsKey("output");
        }
    }
}
