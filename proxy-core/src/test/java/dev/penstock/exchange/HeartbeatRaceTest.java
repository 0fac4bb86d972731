// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import static dev.penstock.exchange.TestedProxy.chat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import dev.penstock.testing.ScriptedUpstream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Heartbeats that are due at the very moment when the stream goes on. */
class HeartbeatRaceTest {
    private static final Duration BEAT = Duration.ofMillis(40);
    private static final String BEATS = "heartbeat: 40ms";

    private static Duration around(Random random) {
        return BEAT.plusMillis(random.nextInt(-30, 30));
    }

    private static String withoutBeats(String text) {
        return text.replace(": \n\n", "").replace(": \n", "");
    }

    @Test
    void neverMixesAnEarlyHeadWithAnAnswerOfItsOwn() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        for (int i = 0; i < 25; i++) {
            Script script = Script.script().pause(around(random)).then(Script.json(400, "{\"odd\":1}"));
            try (ScriptedUpstream upstream = ScriptedUpstream.start(script);
                    TestedProxy proxy = TestedProxy.before(upstream, BEATS, "heartbeat_before_commit: true")) {
                Response response = proxy.exchange(chat());

                if (response.status() == 400) {
                    assertThat(response.text()).isEqualTo("{\"odd\":1}");
                    assertThat(response.header("content-type")).hasValue("application/json");
                } else {
                    assertThat(response.status()).isEqualTo(200);
                    assertThat(response.header("content-type")).hasValue("text/event-stream");
                    assertThat(withoutBeats(response.text())).startsWith("data: {\"error\":");
                    assertThat(response.end().isAbortive()).isTrue();
                }
                proxy.awaitQuiet();
            }
        }
    }

    @Test
    void keepsTheUpstreamsHeadersWhenItsHeadIsThereBeforeTheFirstBeat() throws IOException {
        Script script = Script.sse("x-ratelimit-limit: 3")
                .pause(Duration.ofMillis(900))
                .events(ProviderEvents.chat(1))
                .end();
        try (ScriptedUpstream upstream = ScriptedUpstream.start(script);
                TestedProxy proxy = TestedProxy.before(upstream, "heartbeat: 300ms", "heartbeat_before_commit: true")) {
            Response response = proxy.exchange(chat());

            assertThat(response.text()).startsWith(": \n\n");
            assertThat(response.header("x-ratelimit-limit")).hasValue("3");
            assertThat(withoutBeats(response.text())).isEqualTo(String.join("", ProviderEvents.chat(1)));
        }
    }

    @Test
    void beatsOnlyBetweenEventsAndNeverAfterTheLast() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        List<String> events = ProviderEvents.chat(3);
        for (int i = 0; i < 15; i++) {
            Script script = Script.sse();
            for (String event : events) {
                int cut = random.nextInt(1, event.length() - 1);
                script = script.text(event.substring(0, cut))
                        .pause(around(random))
                        .text(event.substring(cut))
                        .pause(around(random));
            }
            try (ScriptedUpstream upstream = ScriptedUpstream.start(script.end());
                    TestedProxy proxy = TestedProxy.before(upstream, BEATS)) {
                String text = proxy.exchange(chat()).text();

                assertThat(withoutBeats(text)).isEqualTo(String.join("", events));
                assertThat(text).endsWith(ProviderEvents.chatDone());
                for (String event : events) {
                    assertThat(text).contains(event);
                }
                assertThat(proxy.outcome()).isEqualTo("completed");
            }
        }
    }

    @Test
    void beatsWithoutABlankLineOnceAnIdWasSeen() throws IOException {
        Script script = Script.sse()
                .event("id: 7\n" + ProviderEvents.chatDelta("a"))
                .pause(Duration.ofMillis(300))
                .event(ProviderEvents.chatDone())
                .end();
        try (ScriptedUpstream upstream = ScriptedUpstream.start(script);
                TestedProxy proxy = TestedProxy.before(upstream, BEATS)) {
            String text = proxy.exchange(chat()).text();

            assertThat(text).contains("\n\n: \n").doesNotContain(": \n\n");
        }
    }

    @Test
    void doesNotBeatInsideAnEvent() throws IOException {
        String event = ProviderEvents.chatDelta("a");
        Script script = Script.sse()
                .text(event.substring(0, 20))
                .pause(Duration.ofMillis(300))
                .text(event.substring(20))
                .event(ProviderEvents.chatDone())
                .end();
        try (ScriptedUpstream upstream = ScriptedUpstream.start(script);
                TestedProxy proxy = TestedProxy.before(upstream, BEATS)) {
            assertThat(proxy.exchange(chat()).text()).isEqualTo(event + ProviderEvents.chatDone());
        }
    }

    @Test
    void doesNotKeepASilentUpstreamAlive() throws IOException {
        Script script = Script.sse().events(ProviderEvents.chatDeltas(1)).silence();
        try (ScriptedUpstream upstream = ScriptedUpstream.start(script);
                TestedProxy proxy = TestedProxy.before(upstream, BEATS, "timeouts: {idle: 400ms}")) {
            assertThat(proxy.exchange(chat()).text()).contains(": \n\n").contains("idle_timeout");
            assertThat(proxy.outcome()).isEqualTo("idle_timeout");
        }
    }
}
