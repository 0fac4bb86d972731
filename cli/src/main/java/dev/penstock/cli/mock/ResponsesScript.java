// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.mock;

import static dev.penstock.cli.mock.MockJson.NULL;
import static dev.penstock.cli.mock.MockJson.object;
import static dev.penstock.cli.mock.MockJson.text;

import java.util.List;
import java.util.Map;

/** OpenAI responses: named events with a sequence number each. Confined to the connection's thread. */
final class ResponsesScript implements Script {

    private final ModelRequest request;
    private final String itemId;
    private int sequence;

    ResponsesScript(ModelRequest request) {
        this.request = request;
        this.itemId = "msg_mock" + request.id();
    }

    @Override
    public List<String> opening() {
        return List.of(
                event("response.created", "response", response("in_progress", List.of(), NULL)),
                event("response.in_progress", "response", response("in_progress", List.of(), NULL)),
                event("response.output_item.added", "output_index", 0, "item", item("in_progress", List.of())),
                part("response.content_part.added", "part", outputText("")));
    }

    @Override
    public String delta(String piece) {
        return part("response.output_text.delta", "delta", piece, "logprobs", List.of());
    }

    @Override
    public List<String> closing(Text text) {
        return List.of(
                part("response.output_text.done", "text", text.value(), "logprobs", List.of()),
                part("response.content_part.done", "part", outputText(text.value())),
                event("response.output_item.done", "output_index", 0, "item", completedItem(text)));
    }

    @Override
    public String terminal(Text text) {
        return event("response.completed", "response", completed(text));
    }

    @Override
    public String error(String message) {
        return event("error", "code", "server_error", "message", message, "param", NULL);
    }

    @Override
    public String whole(Text text) {
        return text(completed(text));
    }

    @Override
    public ErrorStyle errors() {
        return ErrorStyle.OPENAI;
    }

    private Map<String, Object> completed(Text text) {
        return response("completed", List.of(completedItem(text)), usage(text));
    }

    private Map<String, Object> response(String status, List<Object> output, Object usage) {
        Map<String, Object> response = object(
                "id",
                "resp_mock" + request.id(),
                "object",
                "response",
                "created_at",
                request.created(),
                "status",
                status,
                "model",
                request.model(),
                "output",
                output,
                "usage",
                usage);
        response.putAll(object("error", NULL, "incomplete_details", NULL, "instructions", NULL, "metadata", object()));
        response.putAll(object("parallel_tool_calls", true, "tool_choice", "auto", "tools", List.of()));
        response.putAll(object("temperature", 1.0, "top_p", 1.0, "max_output_tokens", NULL));
        return response;
    }

    private Map<String, Object> completedItem(Text text) {
        return item("completed", List.of(outputText(text.value())));
    }

    private Map<String, Object> item(String status, List<Object> content) {
        return object("id", itemId, "type", "message", "status", status, "role", "assistant", "content", content);
    }

    private static Map<String, Object> outputText(String value) {
        return object("type", "output_text", "text", value, "annotations", List.of(), "logprobs", List.of());
    }

    private Map<String, Object> usage(Text text) {
        return object(
                "input_tokens", request.promptTokens(),
                "input_tokens_details", object("cached_tokens", 0),
                "output_tokens", text.tokens(),
                "output_tokens_details", object("reasoning_tokens", 0),
                "total_tokens", request.promptTokens() + text.tokens());
    }

    private String part(String type, Object... more) {
        Map<String, Object> fields = object("item_id", itemId, "output_index", 0, "content_index", 0);
        fields.putAll(object(more));
        return event(type, fields);
    }

    private String event(String type, Object... more) {
        return event(type, object(more));
    }

    private String event(String type, Map<String, Object> more) {
        Map<String, Object> event = object("type", type, "sequence_number", sequence++);
        event.putAll(more);
        return Script.frame(type, text(event));
    }
}
