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
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Group P, the faults: whatever a plugin throws, and however long it takes, only its own request suffers. One thread per test. */
@Lab(
        value = {"LAB_CAP_WORKER=10", "LAB_CAP_CONSUMER=10"},
        plugins = FaultPlugins.class)
final class PluginFaultIT {
    private static final List<String> THROWABLES =
            List.of("runtime", "sneaky", "overflow", "linkage", "assertion", "memory");

    private static Response order(Laboratory lab, String order) throws IOException {
        lab.play(PluginForm.STREAM.whole());
        return lab.call(Calls.chat(order));
    }

    private static void assertCounted(Laboratory lab, String plugin) {
        eventually(
                Patience.seconds(5),
                () -> assertThat(lab.growth("penstock_plugin_errors_total", "plugin", plugin))
                        .as("errors of %s", plugin)
                        .isEqualTo(THROWABLES.size()));
        eventually(Patience.seconds(5), () -> new Witnessed(lab).assertBalanced());
        assertThat(new Witnessed(lab).opened()).isEqualTo(2.0 * THROWABLES.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"open", "request", "head", "event"})
    @DisplayName("P01 a filter that throws before the commit and fails closed: an error body")
    void failsClosedBeforeTheCommit(String hook, Laboratory lab) throws IOException {
        for (String throwable : THROWABLES) {
            Response response = order(lab, "closed." + hook + "." + throwable);
            Protocol.CHAT.assertRefusal(response, hook.equals("head") ? 502 : 500);
            assertThat(response.text()).doesNotContain("demand", "gone/Away");
        }
        assertCounted(lab, "closed");
        new Witnessed(lab).assertFinished("plugin_error", THROWABLES.size(), false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"later", "end"})
    @DisplayName("P01 a filter that throws after the commit and fails closed: an error event and an abortive end")
    void failsClosedAfterTheCommit(String hook, Laboratory lab) throws IOException {
        for (String throwable : THROWABLES) {
            Response response = order(lab, "closed." + hook + "." + throwable);
            Protocol.CHAT.assertCut(response, ProviderEvents.chatDelta("t0 "));
            assertThat(response.text()).doesNotContain("demand", "gone/Away");
        }
        assertCounted(lab, "closed");
        lab.assertOutcome("plugin_error", THROWABLES.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"open", "request", "head", "event", "later", "end", "finish"})
    @DisplayName("P01 a filter that throws and fails open: bytes as if it were absent")
    void failsOpen(String hook, Laboratory lab) throws IOException {
        assertHarmless(lab, "open", hook);
    }

    @ParameterizedTest
    @ValueSource(strings = {"finish", "watch", "start", "observe", "last", "forget"})
    @DisplayName("P01 a finish hook or an observer that throws: bytes as if it were absent, whatever the policy")
    void observersFailOpen(String hook, Laboratory lab) throws IOException {
        assertHarmless(lab, "closed", hook);
    }

    private static void assertHarmless(Laboratory lab, String plugin, String hook) throws IOException {
        for (String throwable : THROWABLES) {
            PluginForm.STREAM.assertWhole(order(lab, plugin + "." + hook + "." + throwable));
        }
        assertCounted(lab, plugin);
        lab.assertOutcome("completed", THROWABLES.size());
    }

    /** Five requests at once whose filter hangs like this; the answers, each on time. */
    private static void assertAnsweredOnTime(Laboratory lab, String order, Duration limit) throws Exception {
        lab.play(PluginForm.STREAM.whole());
        List<Response> responses = lab.atOnce(5, i -> lab.call(Calls.chat(order)));
        for (Response response : responses) {
            Protocol.CHAT.assertRefusal(response, 500);
            Patience.assertOnTime(response.untilEnd(), limit);
        }
        PluginForm.STREAM.assertWhole(lab.call(Calls.chat("undisturbed")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sleep", "lock"})
    @DisplayName("P02 a filter that blocks is interrupted when its time is over, and its thread is gone")
    void interruptsHooksThatBlock(String how, Laboratory lab) throws Exception {
        assertAnsweredOnTime(lab, "closed.request." + how, Duration.ofSeconds(1));

        eventually(
                Patience.seconds(2),
                () -> assertThat(lab.proxy().threads().virtualNamed("stream-")).isEmpty());
        assertThat(lab.proxy().metrics().sum("penstock_plugins_stuck")).isZero();
    }

    @Test
    @DisplayName("P02 a filter that swallows interrupts holds nothing but its thread, and is named with its stack")
    void takesStreamsFromHooksThatSwallowInterrupts(Laboratory lab) throws Exception {
        lab.declareErrorLog("closed");
        // The event budget and the grace; here the stream holds permits and a connection.
        assertAnsweredOnTime(lab, "closed.event.swallow", Duration.ofMillis(1050));

        var metrics = lab.proxy().metrics();
        assertThat(metrics.sum("penstock_plugins_stuck")).isEqualTo(5);
        assertThat(metrics.sum("penstock_permits_available", "scope", "worker")).isEqualTo(10);
        assertThat(lab.proxy().process().output()).contains("dev.penstock.it.faults.Deed.swallow");

        assertThat(order(lab, "closed.request.release").status()).isEqualTo(200);
        eventually(
                Patience.seconds(5),
                () -> assertThat(lab.proxy().metrics().sum("penstock_plugins_stuck"))
                        .isZero());
    }

    private static String body(int size) {
        return ProviderEvents.chatJson("x".repeat(size));
    }

    @Test
    @Lab(
            value = {"LAB_HOOK_TIMEOUT=30s", "LAB_MAX_EVENT=off"},
            plugins = FaultPlugins.class)
    @DisplayName(
            "P a body that is too large to be shown to a filter that fails closed is refused, without any limit too")
    void refusesWhatCannotBeInspected(Laboratory lab) throws IOException {
        lab.play(Script.json(200, body(7 << 20)));
        assertThat(lab.call(Calls.chatJson()).text()).isEqualTo(body(7 << 20));

        lab.play(Script.json(200, body(9 << 20)));
        Response refused = lab.call(Calls.chatJson());
        Protocol.CHAT.assertRefusal(refused, 502);
        assertThat(refused.text()).contains("too large to be inspected");
    }

    @Test
    @Lab(
            value = {"LAB_MAX_RESPONSE=1KiB", "LAB_MAX_EVENT=2KiB", "LAB_FAILURE_MODE=open"},
            plugins = FaultPlugins.class)
    @DisplayName(
            "P the limit of a response holds for bodies that are shown to plugins, and for those that are too large"
                    + " for it")
    void limitsWhatIsInspected(Laboratory lab) throws IOException {
        for (int size : List.of(1500, 5000)) {
            lab.play(Script.json(200, body(size)));

            Response refused = lab.call(Calls.chatJson());

            Protocol.CHAT.assertRefusal(refused, 502);
            assertThat(refused.text()).contains("Stopped: the response is larger than 1024 bytes.");
        }
        lab.assertOutcome("limit_exceeded", 2);
    }

    @Test
    @Lab(
            value = {"LAB_MAX_EVENT=off", "LAB_FAILURE_MODE=open"},
            plugins = FaultPlugins.class)
    @DisplayName("P a body that is too large to be shown to filters that fail open passes")
    void passesWhatNobodyMustInspect(Laboratory lab) throws IOException {
        lab.play(Script.json(200, body(9 << 20)));
        assertThat(lab.call(Calls.chatJson()).text()).isEqualTo(body(9 << 20));
    }

    @ParameterizedTest
    @ValueSource(strings = {"request.sleep", "observe.sleep"})
    @Lab(
            value = {"LAB_HOOK_TIMEOUT=30s", "LAB_MAX_EVENT=off"},
            plugins = FaultPlugins.class)
    @DisplayName("D07 a client that leaves while a plugin works interrupts it, and everything is given back")
    void interruptsAPluginWhoseClientHasLeft(String hang, Laboratory lab) throws IOException {
        lab.play(Script.sse().events(ProviderEvents.chatDeltas(2)).silence());
        try (var client = lab.connect()) {
            client.send(Calls.chat("closed." + hang));
            if (hang.startsWith("observe")) {
                client.readEventsAfterHead(2);
            } else {
                eventually(
                        Patience.seconds(2),
                        () -> assertThat(lab.proxy().metrics().sum("penstock_requests_in_flight"))
                                .isEqualTo(1));
            }
        }
        long left = System.nanoTime();
        new Witnessed(lab).assertFinished("client_disconnect", 1, false);
        eventually(
                Patience.seconds(2),
                () -> assertThat(lab.proxy().threads().virtual())
                        .noneMatch(thread -> thread.stack().toString().contains("faults.Deed")));
        assertThat(Patience.since(left)).isLessThan(Patience.seconds(3));
    }
}
