// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.mock;

import static dev.penstock.cli.mock.MockJson.NULL;
import static dev.penstock.cli.mock.MockJson.object;
import static dev.penstock.cli.mock.MockJson.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** OpenAI completions, the legacy kind. Confined to the connection's thread. */
final class CompletionScript implements Script {

    private final ModelRequest request;

    CompletionScript(ModelRequest request) {
        this.request = request;
    }

    @Override
    public List<String> opening() {
        return List.of();
    }

    @Override
    public String delta(String piece) {
        return Script.frame(text(envelope(piece, NULL)));
    }

    @Override
    public List<String> closing(Text text) {
        List<String> frames = new ArrayList<>();
        frames.add(Script.frame(text(envelope("", "stop"))));
        if (request.includesUsage()) {
            Map<String, Object> last = envelope("", NULL);
            last.put("choices", List.of());
            last.put("usage", ChatScript.usage(request, text));
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
        Map<String, Object> whole = envelope(text.value(), "stop");
        whole.put("usage", ChatScript.usage(request, text));
        return text(whole);
    }

    @Override
    public ErrorStyle errors() {
        return ErrorStyle.OPENAI;
    }

    private Map<String, Object> envelope(String piece, Object finishReason) {
        return object(
                "id", "cmpl-mock" + request.id(),
                "object", "text_completion",
                "created", request.created(),
                "model", request.model(),
                "choices", List.of(object("index", 0, "text", piece, "logprobs", NULL, "finish_reason", finishReason)));
    }
}
