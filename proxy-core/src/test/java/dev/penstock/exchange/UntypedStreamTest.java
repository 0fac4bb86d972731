// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import static dev.penstock.exchange.TestedProxy.chat;
import static dev.penstock.exchange.TestedProxy.plainChat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import dev.penstock.testing.ScriptedUpstream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model server that does not say, or says wrongly, that its answer is an event stream. */
class UntypedStreamTest {
    private static final String TEXT = "content-type: text/plain; charset=utf-8";
    private static final List<String> DELTAS = ProviderEvents.chatDeltas(3);
    private static final String THREE = String.join("", DELTAS);
    private static final String WHOLE =
            THREE + ProviderEvents.chatFinish() + ProviderEvents.chatUsage(7, 3) + ProviderEvents.chatDone();

    /** What the client got, and what the proxy made of it. */
    private record Seen(Response response, AccessEntry entry) {}

    private static Seen seen(Script script, RawRequest request, String... settings) throws IOException {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(script);
                TestedProxy proxy = TestedProxy.before(upstream, settings)) {
            Response response = proxy.exchange(request);
            proxy.awaitQuiet();
            return new Seen(response, proxy.entry());
        }
    }

    private static Script untyped(String... headers) {
        String[] all = List.of(headers).toArray(new String[headers.length + 1]);
        all[headers.length] = "transfer-encoding: chunked";
        return Script.script().head(200, all);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\uFEFF", ": hello\n\n", "event: x\ndata: {}\n\n", "id: 1\ndata: {}\n\n", "retry: 5\n\n"})
    void isAnEventStreamWhenItBeginsLikeOne(String beginning) throws IOException {
        Seen seen = seen(untyped().text(beginning + WHOLE).end(), chat());

        assertThat(seen.response.text()).isEqualTo(beginning + WHOLE);
        assertThat(seen.response.end().isClean()).isTrue();
        assertThat(seen.response.header("content-type")).hasValue("text/event-stream");
        assertThat(seen.response.header("x-accel-buffering")).hasValue("no");
        assertThat(seen.entry.outcome()).isEqualTo("completed");
        assertThat(seen.entry.events()).isGreaterThanOrEqualTo(6);
        assertThat(seen.entry.tokens()).containsEntry("input", 7L).containsEntry("output", 3L);
    }

    @Test
    void keepsTheTypeThatWasSent() throws IOException {
        Seen seen = seen(untyped(TEXT).text(WHOLE).end(), chat());

        assertThat(seen.response.text()).isEqualTo(WHOLE);
        assertThat(seen.response.header("content-type")).hasValue("text/plain; charset=utf-8");
        assertThat(seen.entry.tokens()).containsEntry("output", 3L);
    }

    @Test
    void isRecognisedAndWholeByteByByte() throws IOException {
        Script script = untyped(TEXT);
        for (byte one : ("\uFEFF" + WHOLE).getBytes(UTF_8)) {
            script = script.bytes(new byte[] {one});
        }
        Seen seen = seen(script.end(), chat());

        assertThat(seen.response.text()).isEqualTo("\uFEFF" + WHOLE);
        assertThat(seen.entry.tokens()).containsEntry("output", 3L);
    }

    @Test
    void isTruncatedWithoutItsTerminalEvent() throws IOException {
        Seen seen = seen(untyped().events(DELTAS).end(), chat());

        assertThat(seen.entry.outcome()).isEqualTo("upstream_truncated");
        assertThat(seen.response.text()).startsWith(THREE).contains("\"upstream_truncated\"");
        assertThat(seen.response.end().isAbortive()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Hello, world", "dat", "{\"data: \":1}", "\n\ndata: x\n\n", "", "events: none", "\uFEFFHi"})
    void isPlainWhenItBeginsLikeAnythingElse(String body) throws IOException {
        for (String[] headers : List.of(new String[] {TEXT}, new String[0])) {
            Seen seen = seen(untyped(headers).text(body).end(), chat());

            assertThat(seen.response.text()).isEqualTo(body);
            assertThat(seen.response.end().isClean()).isTrue();
            assertThat(seen.response.header("content-type"))
                    .isEqualTo(headers.length == 0 ? Optional.empty() : Optional.of("text/plain; charset=utf-8"));
            assertThat(seen.entry.outcome()).isEqualTo("completed");
            assertThat(seen.entry.events()).isZero();
        }
    }

    @Test
    void isPlainWhenNobodyAskedForAStream() throws IOException {
        Seen seen = seen(untyped().text(THREE).end(), plainChat());

        assertThat(seen.response.text()).isEqualTo(THREE);
        assertThat(seen.response.header("content-type")).isEmpty();
        assertThat(seen.entry.outcome()).isEqualTo("completed");
    }

    @Test
    void isPlainWhenItSaysThatItIsSomethingElse() throws IOException {
        Seen seen = seen(untyped("content-type: application/json").text(THREE).end(), chat());

        assertThat(seen.response.text()).isEqualTo(THREE);
        assertThat(seen.response.header("content-type")).hasValue("application/json");
        assertThat(seen.entry.outcome()).isEqualTo("completed");
    }

    @Test
    void hasTheClockOfSilencesUntilItShowsWhatItIs() throws IOException {
        Seen seen = seen(untyped().text("da").silence(), chat(), "timeouts: {idle: 500ms}");

        assertThat(seen.response.status()).isEqualTo(504);
        assertThat(seen.entry.outcome()).isEqualTo("idle_timeout");
    }
}
