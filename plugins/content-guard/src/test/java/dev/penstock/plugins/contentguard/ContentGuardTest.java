// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.contentguard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.StreamEvent;
import dev.penstock.spi.StreamOutcome;
import dev.penstock.testkit.HarnessRequest;
import dev.penstock.testkit.HarnessStream;
import dev.penstock.testkit.PluginHarness;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ContentGuardTest {
    private static final HarnessRequest CHAT = HarnessRequest.openAiChat("m", "Hi");
    private static final HarnessRequest MESSAGES = HarnessRequest.anthropicMessages("m", "Hi");
    private static final HarnessRequest RESPONSES = HarnessRequest.openAiResponses("m", "Hi");

    private final PluginHarness harness = PluginHarness.of(new ContentGuardFactory(), """
        patterns: {codename: "project nightfall"}
        farewell: "[stopped]"
        hold: {time: 200ms}
        """);

    @AfterEach
    void close() {
        assertThat(harness.errors()).isEmpty();
        harness.close();
    }

    @Test
    void letsAnAnswerPassUnchanged() {
        String[] events = {
            chat("The project"), chat(" is at night"), chat("."), "{\"choices\":[{\"finish_reason\":\"stop\"}]}"
        };

        HarnessStream stream = harness.stream(CHAT).run(events);

        assertThat(stream.client()).startsWith(events).hasSize(events.length + 1);
        assertThat(stream.outcome().kind()).isEqualTo(StreamOutcome.Kind.COMPLETED);
    }

    @Test
    void letsOrdinaryTextGoWithoutDelay() {
        HarnessStream stream = harness.stream(CHAT).begin();

        stream.event(chat("Hello"));
        assertThat(stream.client()).hasSize(1);
        stream.event(chat(" you, p"));
        assertThat(stream.client()).hasSize(1);
        stream.event(chat("al"));
        assertThat(stream.client()).hasSize(3);
        stream.end().finish();
    }

    @Test
    void stopsBeforeAnyOfThePhraseIsOutWhereverItIsCut() {
        String text = "it is Project Nightfall indeed";
        int from = text.indexOf("Project");
        for (int first = 0; first < text.length(); first++) {
            for (int second = first; second < text.length(); second += 5) {
                HarnessStream stream = harness.stream(CHAT)
                        .run(
                                chat(text.substring(0, first)),
                                chat(text.substring(first, second)),
                                chat(text.substring(second)));

                String sent = words(stream);
                assertThat(stream.outcome().kind()).isEqualTo(StreamOutcome.Kind.STOPPED_BY_PLUGIN);
                assertThat(stream.outcome().reason()).contains("blocked_content");
                assertThat(sent).as("cuts at %s and %s", first, second).endsWith("[stopped]");
                assertThat(text.substring(0, from)).startsWith(sent.substring(0, sent.length() - "[stopped]".length()));
            }
        }
    }

    @Test
    void stopsInEveryDialectHoweverThePhraseIsCut() {
        String text = "project nightfall";
        for (int cut = 1; cut < text.length(); cut++) {
            String head = text.substring(0, cut);
            String tail = text.substring(cut);
            HarnessStream messages = harness.stream(MESSAGES)
                    .begin()
                    .event(
                            "content_block_start",
                            "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}")
                    .event("content_block_delta", message(head))
                    .event("content_block_delta", message(tail))
                    .end()
                    .finish();
            assertThat(messages.client()).hasSize(2);
            assertThat(messages.client().getLast()).isEqualTo(message("[stopped]"));
            HarnessStream responses = harness.stream(RESPONSES)
                    .begin()
                    .event("response.output_text.delta", response(head))
                    .event("response.output_text.delta", response(tail))
                    .end()
                    .finish();
            assertThat(responses.client()).containsExactly(response("[stopped]"));
            HarnessStream completions = harness.stream(
                            HarnessRequest.post("/v1/completions", "{\"model\":\"m\",\"prompt\":\"a\"}"))
                    .run(
                            "{\"choices\":[{\"index\":0,\"text\":\"" + head + "\"}]}",
                            "{\"choices\":[{\"index\":0,\"text\":\"" + tail + "\"}]}");
            assertThat(completions.client())
                    .containsExactly(
                            "{\"choices\":[{\"index\":0,\"finish_reason\":\"content_filter\",\"text\":\"[stopped]\"}]}");
            HarnessStream other =
                    harness.stream(HarnessRequest.post("/other", "{}")).run(head, tail);
            assertThat(other.client()).containsExactly("[stopped]");
        }
    }

    @Test
    void keepsTheFrameOfAnAnswerWhoseWordsItStops() {
        HarnessStream stream = harness.stream(MESSAGES)
                .begin()
                .event("content_block_delta", message("about project"))
                .event("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":0}")
                .event(
                        "content_block_start",
                        "{\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}")
                .event("content_block_delta", message(" nightfall"))
                .end()
                .finish();

        assertThat(stream.events())
                .extracting(StreamEvent::name)
                .containsExactly("content_block_stop", "content_block_start", "content_block_delta");
    }

    @Test
    void findsPhrasesInToolCallsAndReasoning() {
        HarnessStream stream = harness.stream(CHAT)
                .run(
                        "{\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"project \"}}]}",
                        chat("hello"),
                        "{\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"nightfall\"}}]}");

        assertThat(stream.outcome().kind()).isEqualTo(StreamOutcome.Kind.STOPPED_BY_PLUGIN);
        assertThat(words(stream)).isEqualTo("[stopped]");
    }

    @Test
    void seesThroughInvisibleLetters() {
        assertThat(harness.stream(CHAT)
                        .run(chat("project night"), chat("\u200Bfall"))
                        .outcome()
                        .kind())
                .isEqualTo(StreamOutcome.Kind.STOPPED_BY_PLUGIN);
    }

    @Test
    void letsGoWhatHasWaitedLongEnoughAndStopsAllTheSame() {
        HarnessStream stream = harness.stream(CHAT).begin().event(chat("a project"));
        assertThat(stream.client()).isEmpty();

        stream.awaitHoldLimit();
        assertThat(words(stream)).isEqualTo("a project");

        stream.event(chat(" nightfall")).end().finish();
        assertThat(stream.outcome().kind()).isEqualTo(StreamOutcome.Kind.STOPPED_BY_PLUGIN);
        assertThat(words(stream)).isEqualTo("a project[stopped]");
        assertThat(harness.metric("stopped_total", "codename")).isEqualTo(1);
    }

    @Test
    void stopsAnAnswerInOnePiece() {
        String body = "{\"id\":\"c1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
                + "\"content\":\"project nightfall\"},\"finish_reason\":\"stop\"}],\"usage\":{\"total_tokens\":3}}";

        HarnessStream stream = harness.stream(CHAT)
                .begin(200, Map.of("content-type", "application/json"))
                .body(body)
                .finish();

        assertThat(stream.client())
                .containsExactly(
                        "{\"id\":\"c1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"finish_reason\":\"content_filter\","
                            + "\"message\":{\"role\":\"assistant\",\"content\":\"[stopped]\"}}],\"usage\":{\"total_tokens\":3}}");
        assertThat(stream.outcome().kind()).isEqualTo(StreamOutcome.Kind.STOPPED_BY_PLUGIN);
    }

    @Test
    void letsAnAnswerInOnePiecePassAsItIs() {
        HarnessStream stream = harness.stream(CHAT)
                .begin(200, Map.of("content-type", "application/json"))
                .body("{ \"choices\": [] }")
                .finish();

        assertThat(stream.client()).containsExactly("{ \"choices\": [] }");
    }

    @Test
    void refusesWhatIsCompressed() {
        HarnessStream stream = harness.stream(CHAT)
                .begin(200, Map.of("content-type", "application/json", "content-encoding", "gzip"))
                .finish();

        assertThat(stream.answer())
                .hasValueSatisfying(answer -> assertThat(answer.status()).isEqualTo(502));
    }

    @Test
    void refusesConfigurationsThatGuardNothing() {
        assertThat(PluginHarness.problems(new ContentGuardFactory(), "farewell: bye"))
                .isNotEmpty();
        assertThat(PluginHarness.problems(new ContentGuardFactory(), "patterns: {all: 'a*'}"))
                .isNotEmpty();
        assertThat(PluginHarness.problems(new ContentGuardFactory(), "patterns: {broken: '(a'}"))
                .isNotEmpty();
    }

    private static String chat(String text) {
        return "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text + "\"}}]}";
    }

    private static String message(String text) {
        return "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"" + text
                + "\"}}";
    }

    private static String response(String text) {
        return "{\"type\":\"response.output_text.delta\",\"item_id\":\"i\",\"output_index\":0,\"content_index\":0,\"delta\":\""
                + text + "\"}";
    }

    private static String words(HarnessStream stream) {
        return stream.client().stream()
                .filter(data -> data.contains("\"content\":"))
                .map(data -> data.replaceAll("(?s).*\"content\":\"(.*?)\".*", "$1"))
                .collect(Collectors.joining());
    }
}
