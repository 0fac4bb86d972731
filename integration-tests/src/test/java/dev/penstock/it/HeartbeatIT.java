// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.LenientSse;
import dev.penstock.testing.Patience;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.PythonOpenAiSse;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import dev.penstock.testing.StrictSse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** S09: comment lines while the upstream is silent, harmless to every parser. Confined to one thread per test. */
@Lab({"LAB_HEARTBEAT=500ms", "LAB_IDLE=10s", "LAB_FIRST_BYTE=10s", "LAB_TOTAL=20s"})
final class HeartbeatIT {
    private static final Duration PAUSE = Duration.ofSeconds(3);
    private static final String FIRST = ProviderEvents.chatDelta("first");
    private static final String WITH_ID = "id: 7\n" + ProviderEvents.chatDelta("first");
    private static final String REST = ProviderEvents.chatFinish() + ProviderEvents.chatDone();

    /** One way to be silent: what is sent before and after the pause. */
    private record Silence(String name, String before, String after, boolean heartbeats) {}

    private static final List<Silence> SILENCES = List.of(
            new Silence("before the first event", "", FIRST + REST, true),
            new Silence("between events", FIRST, REST, true),
            new Silence("in the middle of an event", FIRST + REST.substring(0, 30), REST.substring(30), false),
            new Silence("after an event with an id", WITH_ID, REST, true));

    @Test
    @DisplayName("S09 beats between events only, and no parser sees more than the upstream's events")
    void beatsBetweenEventsOnly(Laboratory lab) throws Exception {
        lab.play(request -> {
            Silence silence = SILENCES.get(index(request.bodyText()));
            return Script.sse()
                    .text(silence.before())
                    .pause(PAUSE)
                    .text(silence.after())
                    .end();
        });

        List<Response> responses = lab.atOnce(SILENCES.size(), i -> lab.call(Calls.chat("silence-" + i)));

        for (int i = 0; i < SILENCES.size(); i++) {
            assertHarmless(SILENCES.get(i), responses.get(i));
        }
        lab.assertOutcome("completed", SILENCES.size());
    }

    private static int index(String body) {
        return body.charAt(body.indexOf("silence-") + 8) - '0';
    }

    private static void assertHarmless(Silence silence, Response response) {
        String original = silence.before() + silence.after();
        byte[] sent = original.getBytes(StandardCharsets.UTF_8);
        var strict = new StrictSse();
        assertThat(strict.decode(response.body()))
                .as("%s, strict parser, %s", silence.name(), response)
                .isEqualTo(new StrictSse().decode(sent));
        assertThat(new LenientSse().decode(response.body()))
                .as("%s, lenient parser", silence.name())
                .isEqualTo(new LenientSse().decode(sent));
        assertThat(new PythonOpenAiSse().decode(response.body()))
                .as("%s, OpenAI's Python rules", silence.name())
                .isEqualTo(new PythonOpenAiSse().decode(sent));
        assertThat(response.text().replaceAll("(?m)^:[^\n]*\n\n?", ""))
                .as("%s, without heartbeats", silence.name())
                .isEqualTo(original);
        if (silence.heartbeats()) {
            assertThat(strict.comments()).as("heartbeats %s", silence.name()).isBetween(3, 7);
        } else {
            assertThat(strict.comments()).as("heartbeats %s", silence.name()).isZero();
        }
    }

    @Test
    @Lab({"LAB_HEARTBEAT=500ms"})
    @DisplayName("S09 heartbeats do not keep a silent upstream alive")
    void doNotResetTheIdleClock(Laboratory lab) throws IOException {
        lab.play(Script.sse().event(FIRST).silence());

        Response response = lab.call(Calls.chat());

        Protocol.CHAT.assertCut(response, FIRST);
        Patience.assertOnTime(response.bodyTook(), Duration.ofSeconds(2));
        lab.assertOutcome("idle_timeout", 1);
    }

    @Test
    @Lab({"LAB_HEARTBEAT=500ms", "LAB_HEARTBEAT_BEFORE_COMMIT=true", "LAB_FIRST_BYTE=10s"})
    @DisplayName("S09 beats before the upstream has answered where that is configured")
    void beatsBeforeTheCommitWhereConfigured(Laboratory lab) throws IOException {
        lab.play(Script.script().pause(Duration.ofSeconds(2)).then(Script.stream(ProviderEvents.chat(2))));

        Response response = lab.call(Calls.chat());

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.untilHead()).isLessThan(Patience.seconds(1.5));
        var strict = new StrictSse();
        assertThat(strict.decode(response.body())).hasSize(5);
        assertThat(strict.comments()).isBetween(2, 5);
        lab.assertOutcome("completed", 1);
    }
}
