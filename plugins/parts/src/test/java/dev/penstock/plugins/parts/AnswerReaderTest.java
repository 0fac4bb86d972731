// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.parts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class AnswerReaderTest {
    @Test
    void readsChatChunksByChoice() {
        List<Said> first = read(
                "openai-chat", "{\"id\":\"x\",\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"a\"}}]}");
        List<Said> other = read("openai-chat", "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"b\"}}]}");

        assertThat(first).extracting(Said::text).containsExactly("a");
        assertThat(other).extracting(Said::text).containsExactly("b");
        assertThat(other.getFirst().channel()).isNotEqualTo(first.getFirst().channel());
    }

    @Test
    void keepsPartsOfOneToolCallTogether() {
        String chunk =
                "{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":%d,\"function\":{\"arguments\":\"%s\"}}]}}]}";
        Said a = read("openai-chat", chunk.formatted(1, "a")).getFirst();
        Said b = read("openai-chat", chunk.formatted(1, "b")).getFirst();
        Said c = read("openai-chat", chunk.formatted(2, "c")).getFirst();

        assertThat(a.channel()).isEqualTo(b.channel()).isNotEqualTo(c.channel());
    }

    @Test
    void readsWholeChatAnswersAndCompletions() {
        assertThat(read("openai-chat", "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"a\"}}]}"))
                .extracting(Said::text)
                .containsExactly("a");
        assertThat(read("openai-completions", "{\"choices\":[{\"text\":\"a\",\"logprobs\":{\"tokens\":[\"b\"]}}]}"))
                .extracting(Said::text)
                .containsExactly("a");
    }

    @Test
    void joinsTextBlocksOfAnthropicMessages() {
        String delta =
                "{\"type\":\"content_block_delta\",\"index\":%d,\"delta\":{\"type\":\"text_delta\",\"text\":\"%s\"}}";
        Said a = read("anthropic-messages", delta.formatted(0, "a")).getFirst();
        Said b = read("anthropic-messages", delta.formatted(1, "b")).getFirst();

        assertThat(a.channel()).isEqualTo(b.channel());
        assertThat(read("anthropic-messages", "{\"content\":[{\"type\":\"text\",\"text\":\"c\"}]}")
                        .getFirst()
                        .channel())
                .isEqualTo(a.channel());
        assertThat(read("anthropic-messages", "{\"type\":\"ping\"}")).isEmpty();
        assertThat(
                        read(
                                "anthropic-messages",
                                "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"signature_delta\",\"signature\":\"s\"}}"))
                .isEmpty();
    }

    @Test
    void tellsResponsesDeltasFromTheirRepetition() {
        Said delta = read(
                        "openai-responses",
                        "{\"type\":\"response.output_text.delta\",\"item_id\":\"i\",\"output_index\":0,\"delta\":\"a\"}")
                .getFirst();
        Said done = read("openai-responses", "{\"type\":\"response.output_text.done\",\"text\":\"ab\"}")
                .getFirst();

        assertThat(delta.whole()).isFalse();
        assertThat(done).extracting(Said::text, Said::whole).containsExactly("ab", true);
        assertThat(read(
                        "openai-responses",
                        "{\"type\":\"response.created\",\"response\":{\"instructions\":\"secret\",\"output\":[]}}"))
                .isEmpty();
    }

    @Test
    void takesWhatItDoesNotKnowForText() {
        assertThat(read("passthrough", "hello")).extracting(Said::text).containsExactly("hello");
        assertThat(read("openai-chat", "not json")).extracting(Said::text).containsExactly("not json");
    }

    private static List<Said> read(String dialect, String data) {
        return AnswerReader.of(dialect).read(data.getBytes(UTF_8));
    }
}
