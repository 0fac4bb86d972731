// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Exchange;
import dev.penstock.testing.Patience;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The eleven ways out of a stream that plugins watch, streamed and not: what the client sees, whether there is a last call, how
 * everything that was opened is finished. That nothing is held afterwards is checked after each test. Confined to one thread per
 * test.
 */
@Lab(
        value = {
            "LAB_CAP_CONSUMER=2",
            "LAB_QUEUE_WAIT=100ms",
            "LAB_FIRST_BYTE=700ms",
            "LAB_IDLE=700ms",
            "LAB_TOTAL=20s",
            "LAB_MODELS=*e*"
        },
        plugins = FaultPlugins.class)
final class PluginExitsIT {
    private static final Pattern STREAM_ID = Pattern.compile("\"id\"\\s*:\\s*\"([^\"]+)\"");

    private static Response order(Laboratory lab, PluginForm form, String order) throws IOException {
        lab.play(form.whole());
        return lab.call(form.request(order));
    }

    private static Witnessed witnessed(Laboratory lab) {
        return new Witnessed(lab);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("X00 a stream that nobody disturbs completes, with a last call")
    void completes(PluginForm form, Laboratory lab) throws IOException {
        form.assertWhole(order(lab, form, "undisturbed"));

        witnessed(lab).assertFinished("completed", 1, true);
        lab.assertOutcome("completed", 1);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("X01 a filter refuses or answers the request")
    void refusesAndAnswersRequests(PluginForm form, Laboratory lab) throws IOException {
        Response refused = order(lab, form, "closed.request.reject");
        Protocol.CHAT.assertRefusal(refused, 418);
        assertThat(refused.text()).contains("teapot", "Refused on demand.");
        witnessed(lab).assertFinished("rejected", 1, false);
        lab.assertRefusals(Map.of("rejected_by_plugin", 1L));

        lab.begin();
        Response answered = order(lab, form, "closed.request.answer");
        assertThat(answered.text()).isEqualTo("canned on demand");
        assertThat(answered.header("content-type")).hasValue("text/plain");
        witnessed(lab).assertFinished("completed", 1, false);
        assertThat(lab.upstream().exchanges()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("X02 there is no room, no route, no instance")
    void refusesForWantOfRoomRouteAndInstance(PluginForm form, Laboratory lab) throws IOException {
        Protocol.CHAT.assertRefusal(saturated(lab, form), 429);
        eventually(Patience.seconds(5), () -> witnessed(lab).assertBalanced());
        lab.assertRefusals(Map.of("consumer_cap", 1L));

        lab.begin();
        Protocol.CHAT.assertRefusal(order(lab, form, "closed.request.reroute"), 404);
        witnessed(lab).assertFinished("rejected", 1, false);
        lab.assertRefusals(Map.of("unknown_model", 1L));

        lab.begin();
        Protocol.CHAT.assertRefusal(withoutInstance(lab, form, "one"), 503);
        witnessed(lab).assertFinished("rejected", 1, false);
        lab.assertRefusals(Map.of("no_healthy_instance", 1L));
    }

    /** One request more than its consumer may have. */
    private static Response saturated(Laboratory lab, PluginForm form) throws IOException {
        lab.play(Script.script().silence());
        List<RawHttpClient> full = new ArrayList<>();
        for (int i = 1; i <= 2; i++) {
            full.add(lab.connect().send(form.request("one-of-two").consumer("full")));
            int arrived = i;
            eventually(
                    Patience.seconds(5),
                    () -> assertThat(lab.upstream().exchanges()).hasSize(arrived));
        }
        Response response = lab.call(form.request("one-more").consumer("full"));
        full.forEach(RawHttpClient::close);
        return response;
    }

    /** A request while an operator keeps an instance from new ones. */
    private static Response withoutInstance(Laboratory lab, PluginForm form, String instance) throws IOException {
        operator(lab, instance, "drain");
        try {
            return order(lab, form, "there-is-no-instance");
        } finally {
            operator(lab, instance, "undrain");
        }
    }

    private static void operator(Laboratory lab, String instance, String wish) throws IOException {
        Response done = lab.proxy().admin(RawRequest.of("POST", "/clusters/lab/" + instance + "/" + wish));
        assertThat(done.status()).as("%s", done).isBetween(200, 204);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("X03 no model server answers in time")
    void passesOnThatNobodyAnswers(PluginForm form, Laboratory lab) throws IOException {
        lab.play(Script.script().silence());
        Protocol.CHAT.assertRefusal(lab.call(form.request("patient")), 504);
        witnessed(lab).assertFinished("first_byte_timeout", 1, false);
    }

    @ParameterizedTest
    @EnumSource
    @Lab(
            value = {"LAB_UPSTREAM_2=http://127.0.0.1:1", "LAB_WEIGHT_2=1", "LAB_RETRY_ATTEMPTS=2"},
            plugins = FaultPlugins.class)
    @DisplayName("X03 no model server can be reached, after retries")
    void passesOnThatNobodyIsReached(PluginForm form, Laboratory lab) throws IOException {
        Protocol.CHAT.assertRefusal(withoutInstance(lab, form, "one"), 502);
        witnessed(lab).assertFinished("connect_failed", 1, false);
        lab.assertOutcome("connect_failed", 1);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("X04 a filter refuses the head of the answer")
    void refusesHeads(PluginForm form, Laboratory lab) throws IOException {
        lab.play(form.begun());
        Protocol.CHAT.assertRefusal(lab.call(form.request("closed.head.reject")), 418);

        lab.upstream().awaitOnlyExchange().awaitDeparture(Patience.seconds(2));
        witnessed(lab).assertFinished("rejected", 1, false);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("X05 a filter ends the answer, with a farewell and without one")
    void endsEarly(PluginForm form, Laboratory lab) throws IOException {
        Response farewell = order(lab, form, "closed.event.farewell");
        assertThat(farewell.status()).isEqualTo(200);
        assertThat(farewell.text()).contains("{\"farewell\":true}").doesNotContain("t0 ", "whole");
        assertThat(farewell.end().isClean()).as("%s", farewell).isTrue();
        witnessed(lab).assertFinished("stopped_by_plugin", 1, true);
        lab.assertOutcome("stopped_by_plugin", 1);

        lab.begin();
        if (form == PluginForm.STREAM) {
            Response stopped = order(lab, form, "closed.later.stop");
            assertThat(stopped.text())
                    .startsWith(ProviderEvents.chatDelta("t0 "))
                    .doesNotContain("t1 ")
                    .endsWith("[DONE]\n\n");
            assertThat(stopped.end().isClean()).as("%s", stopped).isTrue();
            witnessed(lab).assertFinished("stopped_by_plugin", 1, true);
        } else {
            // Nothing of the body may go, and there is nothing else to say: that is a refusal.
            Protocol.CHAT.assertRefusal(order(lab, form, "closed.event.stop"), 403);
            witnessed(lab).assertFinished("stopped_by_plugin", 1, false);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("X06 a filter fails before the commit")
    void failsBeforeTheCommit(PluginForm form, Laboratory lab) throws IOException {
        Response response = order(lab, form, "closed.event.runtime");
        Protocol.CHAT.assertRefusal(response, 500);
        assertThat(response.text()).doesNotContain("demand");
        witnessed(lab).assertFinished("plugin_error", 1, false);
        lab.assertOutcome("plugin_error", 1);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("X07 a filter fails after the commit")
    void failsAfterTheCommit(PluginForm form, Laboratory lab) throws IOException {
        Response response = order(lab, form, "closed.end.runtime");
        form.assertCut(response);
        assertThat(response.text()).doesNotContain("demand");
        witnessed(lab).assertFinished("plugin_error", 1, false);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("X08 the client leaves")
    void clientsLeave(PluginForm form, Laboratory lab) throws IOException {
        lab.play(form.begun());
        try (var client = lab.connect()) {
            client.send(form.request("leaver"));
            lab.upstream().awaitOnlyExchange();
        }
        Exchange exchange = lab.upstream().awaitOnlyExchange();
        exchange.awaitDeparture(Patience.seconds(2));
        witnessed(lab).assertFinished("client_disconnect", 1, false);
        lab.assertOutcome("client_disconnect", 1);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("X09 the model server breaks off")
    void upstreamsBreakOff(PluginForm form, Laboratory lab) throws IOException {
        lab.play(form.cut());
        Response response = lab.call(form.request("believer"));
        assertBroken(response, form, 502);
        witnessed(lab).assertFinished("upstream_truncated", 1, false);
        lab.assertOutcome("upstream_truncated", 1);
    }

    /** A stream has begun; of a body that plugins must see first, nothing has gone out. */
    private static void assertBroken(Response response, PluginForm form, int status) {
        if (form == PluginForm.STREAM) {
            form.assertCut(response);
        } else {
            Protocol.CHAT.assertRefusal(response, status);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("X10 a clock runs out, an operator ends the stream")
    void clocksAndOperatorsEndStreams(PluginForm form, Laboratory lab) throws IOException {
        lab.play(form.begun());
        assertBroken(lab.call(form.request("sleeper")), form, 504);
        witnessed(lab).assertFinished("idle_timeout", 1, false);

        lab.begin();
        lab.play(form.begun());
        try (var client = lab.connect()) {
            client.send(form.request("sleeper"));
            lab.upstream().awaitOnlyExchange();
            kill(lab);
            assertBroken(lab.noticed(client.readResponse()), form, 503);
        }
        witnessed(lab).assertFinished("shutdown", 1, false);
    }

    private static void kill(Laboratory lab) throws IOException {
        Matcher id = STREAM_ID.matcher(lab.proxy().admin("/streams").text());
        assertThat(id.find()).as("a live stream").isTrue();
        Response done = lab.proxy().admin(RawRequest.of("DELETE", "/streams/" + id.group(1)));
        assertThat(done.status()).as("%s", done).isBetween(200, 204);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("X11 a filter never returns, and its stream is taken from it")
    void takesStreamsFromPluginsThatNeverReturn(PluginForm form, Laboratory lab) throws IOException {
        lab.declareErrorLog("closed");
        long start = System.nanoTime();
        Response response = order(lab, form, "closed.event.swallow");

        Protocol.CHAT.assertRefusal(response, 500);
        Patience.assertOnTime(Patience.since(start), Duration.ofMillis(1050));
        witnessed(lab).assertFinished("plugin_error", 1, false);
        lab.assertOutcome("plugin_error", 1);
        assertThat(lab.proxy().metrics().sum("penstock_plugins_stuck")).isEqualTo(1);
        for (String gauge : List.of("penstock_streams_active", "penstock_upstream_in_flight")) {
            assertThat(lab.proxy().metrics().sum(gauge)).as(gauge).isZero();
        }

        lab.begin();
        assertThat(order(lab, form, "closed.request.release").status()).isEqualTo(200);
        eventually(
                Patience.seconds(5),
                () -> assertThat(lab.proxy().metrics().sum("penstock_plugins_stuck"))
                        .isZero());
    }
}
