// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.parts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.plugins.parts.Prompt.Role;
import dev.penstock.plugins.parts.Prompt.Turn;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PromptReaderTest {
    @Test
    void readsChatMessages() throws UnreadableException {
        Prompt prompt = read("""
            {"model":"m","messages":[
              {"role":"developer","content":"be nice"},
              {"content":[{"type":"text","text":"what is "},{"type":"image_url","image_url":{"url":"data:x"}},
                          {"type":"text","text":"this"}],"role":"user"},
              {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function",
                "function":{"name":"look","arguments":"{\\"at\\":1}"}}]},
              {"role":"tool","tool_call_id":"c1","content":"a cat"}]}\
            """);

        assertThat(prompt.turns())
                .containsExactly(
                        new Turn(Role.SYSTEM, List.of("be nice")),
                        new Turn(Role.USER, List.of("what is ", "this")),
                        new Turn(Role.ASSISTANT, List.of("look", "{\"at\":1}")),
                        new Turn(Role.TOOL, List.of("a cat")));
        assertThat(prompt.turns().get(1).readings()).containsExactly("what is this", "what is \nthis");
    }

    @Test
    void readsAnthropicMessagesAndSystem() throws UnreadableException {
        Prompt prompt = read("""
            {"system":[{"type":"text","text":"be "},{"type":"text","text":"brief"}],"max_tokens":5,"messages":[
              {"role":"user","content":[
                {"type":"document","source":{"type":"text","media_type":"text/plain","data":"a deed"}},
                {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]},
              {"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{"url":"go"}}]}]}\
            """);

        assertThat(prompt.turns())
                .containsExactly(
                        new Turn(Role.SYSTEM, List.of("be ", "brief")),
                        new Turn(Role.USER, List.of("a deed")),
                        new Turn(Role.ASSISTANT, List.of("f", "url", "go")));
    }

    @Test
    void readsResponsesInputAndInstructions() throws UnreadableException {
        assertThat(read("{\"input\":\"hello\",\"instructions\":\"be good\"}").turns())
                .containsExactly(new Turn(Role.USER, List.of("hello")), new Turn(Role.SYSTEM, List.of("be good")));
        assertThat(read("{\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"a\"}]},"
                                + "{\"type\":\"function_call_output\",\"call_id\":\"x\",\"output\":\"b\"}]}")
                        .turns())
                .containsExactly(new Turn(Role.USER, List.of("a")), new Turn(Role.USER, List.of("b")));
    }

    @Test
    void readsPromptsAndSeesTokenIds() throws UnreadableException {
        assertThat(read("{\"prompt\":[\"a\",\"b\"],\"suffix\":\"c\"}").turns())
                .extracting(Turn::pieces)
                .containsExactly(List.of("a"), List.of("b"), List.of("c"));
        assertThat(read("{\"prompt\":\"a\"}").tokenIds()).isFalse();
        assertThat(read("{\"prompt\":[1,2]}").tokenIds()).isTrue();
        assertThat(read("{\"input\":[[1,2],[3]]}").tokenIds()).isTrue();
    }

    @Test
    void missesNothingThatHidesInDoublesOrUnknownMembers() throws UnreadableException {
        Prompt prompt = read("{\"messages\":[{\"content\":\"a\",\"content\":\"b\"}],\"messages\":[{\"content\":\"c\"}],"
                + "\"documents\":[{\"page\":\"d\"}],\"metadata\":{\"x\":\"not said\"}}");

        assertThat(prompt.turns()).flatExtracting(Turn::pieces).containsExactly("a", "b", "c", "d");
    }

    @Test
    void refusesWhatIsNotOneDocument() {
        for (String body : List.of("", "hello", "{\"a\":", "{} {}", "{\"a\":1}}")) {
            assertThatThrownBy(() -> read(body)).as(body).isInstanceOf(UnreadableException.class);
        }
    }

    private static Prompt read(String body) throws UnreadableException {
        return PromptReader.read(body.getBytes(UTF_8));
    }
}
