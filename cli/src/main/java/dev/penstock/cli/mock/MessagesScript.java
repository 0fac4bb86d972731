// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.mock;

import static dev.penstock.cli.mock.MockJson.NULL;
import static dev.penstock.cli.mock.MockJson.object;
import static dev.penstock.cli.mock.MockJson.text;

import java.util.List;
import java.util.Map;

/** Anthropic messages. Confined to the connection's thread. */
final class MessagesScript implements Script {

    private final ModelRequest request;

    MessagesScript(ModelRequest request) {
        this.request = request;
    }

    @Override
    public List<String> opening() {
        return List.of(
                event("message_start", "message", message(List.of(), NULL, 1)),
                event("content_block_start", "index", 0, "content_block", object("type", "text", "text", "")),
                event("ping"));
    }

    @Override
    public String delta(String piece) {
        return event("content_block_delta", "index", 0, "delta", object("type", "text_delta", "text", piece));
    }

    @Override
    public List<String> closing(Text text) {
        Map<String, Object> delta = object("stop_reason", "end_turn", "stop_sequence", NULL);
        return List.of(
                event("content_block_stop", "index", 0),
                event("message_delta", "delta", delta, "usage", object("output_tokens", text.tokens())));
    }

    @Override
    public String terminal(Text text) {
        return event("message_stop");
    }

    @Override
    public String error(String message) {
        return event("error", "error", object("type", "overloaded_error", "message", message));
    }

    @Override
    public String whole(Text text) {
        Map<String, Object> block = object("type", "text", "text", text.value(), "citations", NULL);
        return text(message(List.of(block), "end_turn", text.tokens()));
    }

    @Override
    public ErrorStyle errors() {
        return ErrorStyle.ANTHROPIC;
    }

    private Map<String, Object> message(List<Object> content, Object stopReason, int outputTokens) {
        return object(
                "id",
                "msg_mock" + request.id(),
                "type",
                "message",
                "role",
                "assistant",
                "model",
                request.model(),
                "content",
                content,
                "stop_reason",
                stopReason,
                "stop_sequence",
                NULL,
                "usage",
                usage(outputTokens));
    }

    private Map<String, Object> usage(int outputTokens) {
        return object(
                "input_tokens",
                request.promptTokens(),
                "cache_creation_input_tokens",
                0,
                "cache_read_input_tokens",
                0,
                "output_tokens",
                outputTokens);
    }

    private static String event(String type, Object... more) {
        Map<String, Object> event = object("type", type);
        event.putAll(object(more));
        return Script.frame(type, text(event));
    }
}
