// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.mock;

import static dev.penstock.cli.mock.MockJson.NULL;
import static dev.penstock.cli.mock.MockJson.object;
import static dev.penstock.cli.mock.MockJson.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** OpenAI chat completions. Confined to the connection's thread. */
final class ChatScript implements Script {

    private final ModelRequest request;

    ChatScript(ModelRequest request) {
        this.request = request;
    }

    @Override
    public List<String> opening() {
        return List.of(chunk(object("role", "assistant", "content", "", "refusal", NULL), NULL));
    }

    @Override
    public String delta(String piece) {
        return chunk(object("content", piece), NULL);
    }

    @Override
    public List<String> closing(Text text) {
        List<String> frames = new ArrayList<>();
        frames.add(chunk(object(), "stop"));
        if (request.includesUsage()) {
            Map<String, Object> last = envelope("chat.completion.chunk");
            last.put("choices", List.of());
            last.put("usage", usage(request, text));
            frames.add(Script.frame(text(last)));
        }
        return frames;
    }

    @Override
    public String terminal(Text text) {
        return Script.frame("[DONE]");
    }

    @Override
    public String error(String message) {
        return Script.frame(errors().body(500, message));
    }

    @Override
    public String whole(Text text) {
        Map<String, Object> message = object("role", "assistant", "content", text.value(), "refusal", NULL);
        Map<String, Object> whole = envelope("chat.completion");
        whole.put(
                "choices", List.of(object("index", 0, "message", message, "logprobs", NULL, "finish_reason", "stop")));
        whole.put("usage", usage(request, text));
        return text(whole);
    }

    @Override
    public ErrorStyle errors() {
        return ErrorStyle.OPENAI;
    }

    static Map<String, Object> usage(ModelRequest request, Text text) {
        return object(
                "prompt_tokens", request.promptTokens(),
                "completion_tokens", text.tokens(),
                "total_tokens", request.promptTokens() + text.tokens(),
                "prompt_tokens_details", object("cached_tokens", 0, "audio_tokens", 0),
                "completion_tokens_details", object("reasoning_tokens", 0, "audio_tokens", 0));
    }

    private String chunk(Map<String, Object> delta, Object finishReason) {
        Map<String, Object> chunk = envelope("chat.completion.chunk");
        chunk.put(
                "choices",
                List.of(object("index", 0, "delta", delta, "logprobs", NULL, "finish_reason", finishReason)));
        if (request.includesUsage()) {
            chunk.put("usage", NULL);
        }
        return Script.frame(text(chunk));
    }

    private Map<String, Object> envelope(String kind) {
        return object(
                "id",
                "chatcmpl-mock" + request.id(),
                "object",
                kind,
                "created",
                request.created(),
                "model",
                request.model(),
                "system_fingerprint",
                "fp_mock");
    }
}
