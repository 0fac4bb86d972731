// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.RateLimitException;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStreamEvent;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.Script;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The official clients for Java, unchanged. Confined to one thread per test. */
@Lab("LAB_CAP_CONSUMER=off")
final class JavaSdkIT {
    private static final Duration PACE = Duration.ofMillis(5);

    private static OpenAIClient openai(Laboratory lab) {
        return OpenAIOkHttpClient.builder()
                .apiKey(lab.canary("openai-client-key"))
                .baseUrl(lab.proxy().url() + "/v1")
                .maxRetries(0)
                .timeout(Duration.ofSeconds(20))
                .build();
    }

    private static AnthropicClient anthropic(Laboratory lab) {
        return AnthropicOkHttpClient.builder()
                .apiKey(lab.canary("anthropic-client-key"))
                .baseUrl(lab.proxy().url())
                .maxRetries(0)
                .timeout(Duration.ofSeconds(20))
                .build();
    }

    private static String chat(Laboratory lab) {
        var parameters = ChatCompletionCreateParams.builder()
                .model("lab-model")
                .addUserMessage("hello")
                .build();
        OpenAIClient client = openai(lab);
        try (var response = client.chat().completions().createStreaming(parameters)) {
            return response.stream().map(JavaSdkIT::content).collect(Collectors.joining());
        } finally {
            client.close();
        }
    }

    private static String content(ChatCompletionChunk chunk) {
        return chunk.choices().stream()
                .map(choice -> choice.delta().content().orElse(""))
                .collect(Collectors.joining());
    }

    private static String responses(Laboratory lab) {
        var parameters =
                ResponseCreateParams.builder().model("lab-model").input("hello").build();
        OpenAIClient client = openai(lab);
        try (var response = client.responses().createStreaming(parameters)) {
            List<ResponseStreamEvent> events = response.stream().toList();
            return events.stream()
                    .filter(ResponseStreamEvent::isOutputTextDelta)
                    .map(event -> event.asOutputTextDelta().delta())
                    .collect(Collectors.joining());
        } finally {
            client.close();
        }
    }

    private static String messages(Laboratory lab) {
        var parameters = MessageCreateParams.builder()
                .model("lab-model")
                .maxTokens(64)
                .addUserMessage("hello")
                .build();
        AnthropicClient client = anthropic(lab);
        try (var response = client.messages().createStreaming(parameters)) {
            return response.stream().map(JavaSdkIT::text).collect(Collectors.joining());
        } finally {
            client.close();
        }
    }

    private static String text(RawMessageStreamEvent event) {
        return event.contentBlockDelta()
                .flatMap(delta -> delta.delta().text())
                .map(delta -> delta.text())
                .orElse("");
    }

    @Test
    @DisplayName("official Java clients read whole streams")
    void readWholeStreams(Laboratory lab) {
        lab.play(Script.stream(ProviderEvents.chat(5), PACE));
        assertThat(chat(lab)).isEqualTo("t0 t1 t2 t3 t4 ");
        lab.play(Script.stream(ProviderEvents.responses(5), PACE));
        assertThat(responses(lab)).isEqualTo("t0 t1 t2 t3 t4 ");
        lab.play(Script.stream(ProviderEvents.anthropic(5), PACE));
        assertThat(messages(lab)).isEqualTo("t0 t1 t2 t3 t4 ");
        lab.assertOutcome("completed", 3);
    }

    @Test
    @DisplayName("S06 official Java clients throw on a stream that was cut")
    void throwOnACutStream(Laboratory lab) {
        lab.play(Script.stream(ProviderEvents.chatDeltas(3)));
        assertThatThrownBy(() -> chat(lab)).isInstanceOf(RuntimeException.class);
        lab.play(Script.stream(ProviderEvents.responsesOpening(3)));
        assertThatThrownBy(() -> responses(lab)).isInstanceOf(RuntimeException.class);
        lab.play(Script.stream(ProviderEvents.anthropicOpening(3)));
        assertThatThrownBy(() -> messages(lab)).isInstanceOf(RuntimeException.class);
        lab.assertOutcome("upstream_truncated", 3);
    }

    @Test
    @DisplayName("official Java clients recognise the upstream's refusals")
    void recogniseRefusals(Laboratory lab) {
        lab.play(Script.json(429, "{\"error\":{\"message\":\"slow down\",\"type\":\"rate_limit\",\"code\":null}}"));

        assertThatThrownBy(() -> chat(lab))
                .isInstanceOf(RateLimitException.class)
                .hasMessageContaining("slow down");
    }

    @Test
    @Lab({"LAB_CAP_CONSUMER=1", "LAB_QUEUE_LENGTH=0", "LAB_IDLE=60s", "LAB_TOTAL=60s"})
    @DisplayName("official Java clients recognise our own refusals")
    void recogniseOurRefusals(Laboratory lab) throws Exception {
        lab.play(Script.sse().event(ProviderEvents.chatDelta("held")).silence());
        try (var client = lab.connect()) {
            client.send(Calls.chat()).readEventsAfterHead(1);

            assertThatThrownBy(() -> chat(lab)).isInstanceOf(RateLimitException.class);
            assertThatThrownBy(() -> messages(lab)).isInstanceOf(com.anthropic.errors.RateLimitException.class);
        }
    }
}
