// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StreamInspectorTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final StreamError ERROR =
            new StreamError("upstream_truncated", "The upstream \"ended\"\u2028 early.", "req-1");

    private final StreamInspector chat = Dialect.OPENAI_CHAT.newInspector();
    private final StreamInspector responses = Dialect.OPENAI_RESPONSES.newInspector();
    private final StreamInspector messages = Dialect.ANTHROPIC_MESSAGES.newInspector();

    /** Inspects from the middle of a larger buffer whose surroundings would change the answer. */
    private static EventKind inspect(StreamInspector inspector, String name, String data) {
        byte[] buffer = ("[DONE]\"usage\":{" + data + "\"error\":1}").getBytes(UTF_8);
        int before = "[DONE]\"usage\":{".length();
        return inspector.inspect(name, buffer, before, data.getBytes(UTF_8).length);
    }

    private EventKind chat(String data) {
        return inspect(chat, "message", data);
    }

    private static String chunk(String delta) {
        return "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"model\":\"gpt-x\",\"choices\":[{\"index\":0,\"delta\":"
                + delta + ",\"logprobs\":null,\"finish_reason\":null}],\"usage\":null}";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"content\":\"Hi\"}",
                "{\"content\" : \"\\n\"}",
                "{\"role\":\"assistant\",\"content\":null,\"reasoning_content\":\"hm\"}",
                "{\"reasoning\":\"hm\"}",
                "{\"refusal\":\"no\"}",
                "{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]}",
                "{\"function_call\":{\"name\":\"f\"}}",
                "{\"content\":[{\"type\":\"text\",\"text\":\"x\"}]}",
                "{\"content\":\"\\\"error\\\":{\\\"message\\\":1},\\\"usage\\\":{}\"}",
                "{\"content\":\"error\"}",
                "{\"content\":\"usage\"}"
            })
    void seesOutputInAChatChunk(String delta) {
        assertThat(chat(chunk(delta))).isEqualTo(EventKind.TOKEN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"role\":\"assistant\",\"content\":\"\"}",
                "{\"content\":null,\"tool_calls\":[ ]}",
                "{\"content_filter_results\":{\"hate\":{}}}"
            })
    void seesNoOutputInAChatChunkWithout(String delta) {
        assertThat(chat(chunk(delta))).isEqualTo(EventKind.OTHER);
    }

    @Test
    void seesOutputInACompletionsChunk() {
        StreamInspector completions = Dialect.OPENAI_COMPLETIONS.newInspector();
        assertThat(inspect(completions, "message", "{\"choices\":[{\"text\":\"a\",\"index\":0}]}"))
                .isEqualTo(EventKind.TOKEN);
        assertThat(inspect(completions, "message", "{\"choices\":[{\"text\":\"\",\"index\":0}]}"))
                .isEqualTo(EventKind.OTHER);
        assertThat(inspect(completions, "message", "[DONE]")).isEqualTo(EventKind.TERMINAL);
    }

    @Test
    void knowsTheEndOfAChatStreamByItsPrefix() {
        assertThat(chat("[DONE]")).isEqualTo(EventKind.TERMINAL);
        assertThat(chat("[DONE] ")).isEqualTo(EventKind.TERMINAL);
        assertThat(chat("[DON")).isEqualTo(EventKind.OTHER);
        assertThat(chat(" [DONE]")).isEqualTo(EventKind.OTHER);
        assertThat(chat(chunk("{\"content\":\"[DONE]\"}"))).isEqualTo(EventKind.TOKEN);
        assertThat(chat("")).isEqualTo(EventKind.OTHER);
    }

    @Test
    void collectsUsageAndModelOfAChatStream() {
        assertThat(chat(chunk("{\"content\":\"a\"}"))).isEqualTo(EventKind.TOKEN);
        assertThat(chat.servedModel()).contains("gpt-x");
        assertThat(chat.usage().isPresent()).isFalse();

        assertThat(chat("{\"choices\":[],\"model\":\"gpt-x\",\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":20,"
                        + "\"total_tokens\":30,\"prompt_tokens_details\":{\"cached_tokens\":4,\"audio_tokens\":0},"
                        + "\"completion_tokens_details\":{\"reasoning_tokens\":5}}}"))
                .isEqualTo(EventKind.USAGE);

        assertThat(chat.usage())
                .isEqualTo(new Usage(
                        OptionalLong.of(10),
                        OptionalLong.of(20),
                        OptionalLong.of(4),
                        OptionalLong.empty(),
                        OptionalLong.of(5)));
    }

    @Test
    void takesOnlyAnEventWithoutChoicesForAUsageEvent() {
        String withChoice = "{\"choices\":[{\"delta\":%s}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}";
        assertThat(chat(withChoice.formatted("{\"content\":\"x\"}"))).isEqualTo(EventKind.TOKEN);
        assertThat(chat(withChoice.formatted("{}"))).isEqualTo(EventKind.OTHER);
        assertThat(chat.usage().output()).hasValue(2);
        assertThat(chat("{\"choices\":[],\"prompt_filter_results\":[{}]}")).isEqualTo(EventKind.OTHER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"message\":\"boom\",\"code\":500}}",
                "{ \"id\" : 1 , \"error\" : \"boom\" }",
                "{\"choices\":[],\"error\":{\"usage\":{}}}"
            })
    void seesAnErrorInsideAChatStream(String data) {
        assertThat(chat(data)).isEqualTo(EventKind.ERROR);
    }

    @Test
    void seesAnErrorByItsName() {
        assertThat(inspect(chat, "error", "whatever")).isEqualTo(EventKind.ERROR);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":null,\"choices\":[]}",
                "{\"choices\":[{\"error\":{\"code\":1}}]}",
                "{\"choices\":[{\"delta\":{\"x\":\"\\\"error\\\":1\"}}]}",
                "\"error\"",
                "not json \"error\": 1"
            })
    void isNotFooledIntoSeeingAnError(String data) {
        assertThat(chat(data)).isEqualTo(EventKind.OTHER);
    }

    @Test
    void looksForTheModelOnlyForAWhile() {
        for (int i = 0; i < 20; i++) {
            chat("{\"choices\":[]}");
        }
        chat("{\"model\":\"late\",\"choices\":[]}");
        assertThat(chat.servedModel()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "response.completed, TERMINAL",
        "response.failed, TERMINAL",
        "response.incomplete, TERMINAL",
        "error, ERROR",
        "response.created, OTHER",
        "response.in_progress, OTHER",
        "response.output_item.added, OTHER",
        "response.output_text.delta, TOKEN",
        "response.output_text.done, OTHER",
        "response.reasoning_summary_text.delta, TOKEN",
        "response.function_call_arguments.delta, TOKEN"
    })
    void knowsTheEventsOfAResponseByNameOrByType(String type, EventKind kind) {
        String data = "{\"type\":\"" + type + "\",\"sequence_number\":4,\"response\":{\"error\":null}}";
        assertThat(inspect(responses, type, data)).isEqualTo(kind);
        assertThat(inspect(responses, "message", data)).isEqualTo(kind);
        assertThat(responses.lastSequenceNumber()).hasValue(4);
    }

    @Test
    void doesNotEndAResponseAtDone() {
        assertThat(inspect(responses, "message", "[DONE]")).isEqualTo(EventKind.OTHER);
    }

    @Test
    void seesAnUnnamedErrorInAResponse() {
        assertThat(inspect(responses, "message", "{\"error\":{\"message\":\"boom\"}}"))
                .isEqualTo(EventKind.ERROR);
        assertThat(inspect(responses, "response.created", "{\"error\":{\"message\":\"boom\"}}"))
                .isEqualTo(EventKind.OTHER);
    }

    @Test
    void collectsUsageModelAndNumbersOfAResponse() {
        inspect(
                responses,
                "response.created",
                "{\"type\":\"response.created\",\"sequence_number\":0,\"response\":"
                        + "{\"id\":\"resp_9\",\"created_at\":17,\"model\":\"o-x\",\"usage\":null}}");
        inspect(responses, "response.output_text.delta", "{\"delta\":\"a\"}");
        assertThat(responses.lastSequenceNumber()).hasValue(1);
        inspect(
                responses,
                "response.completed",
                "{\"sequence_number\": 12,\"response\":{\"output\":[{\"usage\":1}],"
                    + "\"usage\":{\"input_tokens\":3,\"input_tokens_details\":{\"cached_tokens\":1},\"output_tokens\":7,"
                    + "\"output_tokens_details\":{\"reasoning_tokens\":2},\"total_tokens\":10}}}");

        assertThat(responses.servedModel()).contains("o-x");
        assertThat(responses.lastSequenceNumber()).hasValue(12);
        assertThat(responses.usage())
                .isEqualTo(new Usage(
                        OptionalLong.of(3),
                        OptionalLong.of(7),
                        OptionalLong.of(1),
                        OptionalLong.empty(),
                        OptionalLong.of(2)));
    }

    @ParameterizedTest
    @CsvSource({
        "message_start, OTHER",
        "content_block_start, OTHER",
        "content_block_delta, TOKEN",
        "content_block_stop, OTHER",
        "message_delta, OTHER",
        "message_stop, TERMINAL",
        "ping, OTHER",
        "error, ERROR",
        "brand_new, OTHER"
    })
    void knowsTheEventsOfAMessageByNameOrByType(String type, EventKind kind) {
        String data = "{\"type\":\"" + type + "\",\"index\":0}";
        assertThat(inspect(messages, type, data)).isEqualTo(kind);
        assertThat(inspect(messages, "message", data)).isEqualTo(kind);
    }

    @Test
    void seesAnUnnamedErrorInAMessage() {
        assertThat(inspect(messages, "message", "{\"error\":{\"message\":\"boom\"}}"))
                .isEqualTo(EventKind.ERROR);
    }

    @Test
    void collectsUsageAndModelOfAMessage() {
        inspect(
                messages,
                "message_start",
                "{\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"model\":\"claude-x\","
                    + "\"content\":[],\"usage\":{\"input_tokens\":25,\"cache_creation_input_tokens\":6,"
                    + "\"cache_read_input_tokens\":7,\"cache_creation\":{\"ephemeral_5m_input_tokens\":6},\"output_tokens\":1}}}");
        inspect(
                messages,
                "message_delta",
                "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},"
                        + "\"usage\":{\"output_tokens\":15}}");

        assertThat(messages.servedModel()).contains("claude-x");
        assertThat(messages.usage())
                .isEqualTo(new Usage(
                        OptionalLong.of(25),
                        OptionalLong.of(15),
                        OptionalLong.of(7),
                        OptionalLong.of(6),
                        OptionalLong.empty()));
    }

    @ParameterizedTest
    @EnumSource(names = {"PASSTHROUGH", "OPENAI_EMBEDDINGS", "ANTHROPIC_COUNT_TOKENS"})
    void knowsNothingOfAStreamWithoutADialect(Dialect dialect) {
        StreamInspector inspector = dialect.newInspector();
        assertThat(inspect(inspector, "error", "[DONE]")).isEqualTo(EventKind.OTHER);
        assertThat(inspector.usage()).isEqualTo(Usage.NONE);
        assertThat(inspector.servedModel()).isEmpty();
        assertThat(inspector.lastSequenceNumber()).isEmpty();
        assertThat(inspector.terminalEvents()).isEmpty();
        assertThat(dialect.hasTerminalEvent()).isFalse();
    }

    private static String text(byte[] event) {
        String text = new String(event, UTF_8);
        assertThat(text).endsWith("\n\n").doesNotContain("\u2028", "\r");
        return text;
    }

    private static JsonNode data(String event) throws IOException {
        return MAPPER.readTree(event.substring(event.indexOf("data: ") + 6));
    }

    @ParameterizedTest
    @EnumSource(names = {"OPENAI_CHAT", "OPENAI_COMPLETIONS", "OPENAI_EMBEDDINGS", "PASSTHROUGH"})
    void writesAChatErrorWithoutAnEventLine(Dialect dialect) throws IOException {
        String event = text(dialect.newInspector().errorEvent(ERROR));
        assertThat(event).startsWith("data: {");
        JsonNode error = data(event).get("error");
        assertThat(error.get("message").asText()).isEqualTo(ERROR.message());
        assertThat(error.get("type").asText()).isEqualTo("server_error");
        assertThat(error.get("code").asText()).isEqualTo("upstream_truncated");
        assertThat(error.get("param").isNull()).isTrue();
        assertThat(inspect(chat, "message", event.substring(6).strip())).isEqualTo(EventKind.ERROR);
    }

    @Test
    void writesAnErrorThatContinuesTheNumbersOfAResponse() throws IOException {
        assertThat(data(text(responses.errorEvent(ERROR)))
                        .get("sequence_number")
                        .asLong())
                .isZero();
        inspect(responses, "response.output_text.delta", "{\"sequence_number\":41}");
        String event = text(responses.errorEvent(ERROR));
        assertThat(event).startsWith("event: error\ndata: {");
        JsonNode data = data(event);
        assertThat(data.get("type").asText()).isEqualTo("error");
        assertThat(data.get("sequence_number").asLong()).isEqualTo(42);
        assertThat(data.get("code").asText()).isEqualTo("upstream_truncated");
        assertThat(data.get("message").asText()).isEqualTo(ERROR.message());
        assertThat(data.at("/error/message").asText()).isEqualTo(ERROR.message());
    }

    @ParameterizedTest
    @CsvSource({
        "upstream_truncated, api_error",
        "idle_timeout, timeout_error",
        "max_duration, timeout_error",
        "shutdown, overloaded_error",
        "stopped_by_plugin, api_error"
    })
    void writesAnErrorOfAMessage(String code, String type) throws IOException {
        String event = text(messages.errorEvent(new StreamError(code, "m", "req-1")));
        assertThat(event).startsWith("event: error\ndata: {");
        assertThat(data(event))
                .isEqualTo(MAPPER.readTree("{\"type\":\"error\",\"error\":{\"type\":\"" + type
                        + "\",\"message\":\"m\"},\"request_id\":\"req-1\"}"));
    }

    @Test
    void endsAChatStreamAsTheUpstreamWould() {
        assertThat(text(chat.terminalEvents())).isEqualTo("data: [DONE]\n\n");
    }

    @Test
    void endsAMessageAndTheBlockThatIsOpen() {
        inspect(messages, "message_delta", "{\"usage\":{\"output_tokens\":3}}");
        assertThat(text(messages.terminalEvents()))
                .isEqualTo("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");

        StreamInspector open = Dialect.ANTHROPIC_MESSAGES.newInspector();
        inspect(open, "message_start", "{\"message\":{\"usage\":{\"output_tokens\":1}}}");
        inspect(open, "content_block_start", "{\"index\":2,\"content_block\":{\"index\":9}}");
        assertThat(text(open.terminalEvents()))
                .isEqualTo("event: content_block_stop\n"
                               + "data: {\"type\":\"content_block_stop\",\"index\":2}\n\n"
                               + "event: message_delta\n"
                               + "data:"
                               + " {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":1}}\n\n"
                               + "event: message_stop\n"
                               + "data: {\"type\":\"message_stop\"}\n\n");

        inspect(open, "content_block_stop", "{\"index\":2}");
        assertThat(text(open.terminalEvents())).startsWith("event: message_delta");
    }

    @Test
    void endsAResponseWithItsOwnIdAndNumber() throws IOException {
        inspect(
                responses,
                "response.created",
                "{\"sequence_number\":0,\"response\":{\"id\":\"resp_9\",\"created_at\":17," + "\"model\":\"o-x\"}}");
        String event = text(responses.terminalEvents());
        assertThat(event).startsWith("event: response.completed\ndata: ");
        JsonNode data = data(event);
        assertThat(data.get("sequence_number").asLong()).isEqualTo(1);
        assertThat(data.at("/response/id").asText()).isEqualTo("resp_9");
        assertThat(data.at("/response/created_at").asLong()).isEqualTo(17);
        assertThat(data.at("/response/status").asText()).isEqualTo("completed");
        assertThat(inspect(responses, "response.completed", data.toString())).isEqualTo(EventKind.TERMINAL);
    }

    @ParameterizedTest
    @EnumSource
    void everyDialectWithAnEndRecognisesItsOwn(Dialect dialect) {
        if (!dialect.hasTerminalEvent()) {
            return;
        }
        String last = text(dialect.newInspector().terminalEvents()).strip();
        String event = last.substring(Math.max(0, last.lastIndexOf("\n\n")));
        String name = event.contains("event: ") ? event.replaceAll("(?s).*event: ([^\n]*)\n.*", "$1") : "message";
        String data = event.substring(event.indexOf("data: ") + 6);
        assertThat(inspect(dialect.newInspector(), name, data)).isEqualTo(EventKind.TERMINAL);
    }
}
