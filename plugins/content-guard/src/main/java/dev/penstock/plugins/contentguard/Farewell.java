// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.contentguard;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.penstock.plugins.parts.Json;
import dev.penstock.plugins.parts.UnreadableException;
import dev.penstock.spi.StreamEvent;
import java.util.List;
import java.util.Optional;

/**
 * The last words of an answer that was stopped, in the answer's dialect: made from the event in whose place they stand, so that
 * ids, model and indices are right. Core writes the dialect's terminal event after them.
 *
 * <p>Immutable.
 */
record Farewell(String dialect, Optional<String> words) {

    /** Instead of an event of a stream. */
    List<StreamEvent> insteadOf(StreamEvent event) {
        Json.Fields root = parsed(event);
        return switch (dialect) {
            case "openai-chat" -> chunks(root);
            case "openai-completions" ->
                List.of(StreamEvent.of(
                        choices(root, choice(root).with("text", text())).written()));
            case "anthropic-messages" -> isText(root) ? said(event, root) : List.of();
            case "openai-responses" ->
                root.get("type").text().equals("response.output_text.delta") ? said(event, root) : List.of();
            default -> words.map(StreamEvent::of).stream().toList();
        };
    }

    /** Instead of an answer that is one document. */
    StreamEvent insteadOfBody(StreamEvent body) {
        Json.Fields root = parsed(body);
        Json text = Json.of(words.orElse(""));
        String document = switch (dialect) {
            case "openai-chat" ->
                choices(root, choice(root).with("message", message(text))).written();
            case "openai-completions" ->
                choices(root, choice(root).with("text", text)).written();
            case "anthropic-messages" ->
                root.with("content", Json.array(block("text", text)))
                        .with("stop_reason", Json.of("refusal"))
                        .written();
            case "openai-responses" -> response(root, text).written();
            default -> words.orElse("");
        };
        return body.withData(document.getBytes(UTF_8));
    }

    /** Whether what came after the words would contradict the farewell: a chunk that tells another reason for the end. */
    boolean endsItself() {
        return dialect.equals("openai-chat") || dialect.equals("openai-completions");
    }

    private List<StreamEvent> chunks(Json.Fields root) {
        Json.Fields place = Json.fields().with("index", index(root));
        StreamEvent end = StreamEvent.of(
                choices(root, place.with("delta", Json.fields()).with("finish_reason", Json.of("content_filter")))
                        .written());
        if (words.isEmpty()) {
            return List.of(end);
        }
        Json.Fields delta = place.with("delta", Json.fields().with("content", text()));
        return List.of(
                StreamEvent.of(choices(root, delta.with("finish_reason", Json.nothing()))
                        .written()),
                end);
    }

    private List<StreamEvent> said(StreamEvent event, Json.Fields changed) {
        return words.isEmpty()
                ? List.of()
                : List.of(StreamEvent.of(
                        event.name(), changed.with("delta", delta(changed)).written()));
    }

    private Json delta(Json.Fields event) {
        return event.get("delta") instanceof Json.Text ? text() : block("text_delta", text());
    }

    private Json text() {
        return Json.of(words.orElse(""));
    }

    private static boolean isText(Json root) {
        return root.get("delta").get("type").text().equals("text_delta");
    }

    private static Json.Fields choices(Json.Fields root, Json.Fields choice) {
        return root.with("choices", Json.array(choice));
    }

    private static Json.Fields choice(Json root) {
        return Json.fields().with("index", index(root)).with("finish_reason", Json.of("content_filter"));
    }

    private static Json index(Json root) {
        return root.get("choices").items().stream()
                .map(choice -> choice.get("index"))
                .findFirst()
                .orElse(Json.of(0));
    }

    private static Json message(Json text) {
        return Json.fields().with("role", Json.of("assistant")).with("content", text);
    }

    private static Json block(String type, Json text) {
        return Json.fields().with("type", Json.of(type)).with("text", text);
    }

    private static Json.Fields response(Json.Fields root, Json text) {
        Json content = Json.fields()
                .with("type", Json.of("output_text"))
                .with("text", text)
                .with("annotations", Json.array());
        Json message = Json.fields()
                .with("type", Json.of("message"))
                .with("id", Json.of("msg_0"))
                .with("role", Json.of("assistant"))
                .with("status", Json.of("incomplete"))
                .with("content", Json.array(content));
        return root.with("status", Json.of("incomplete"))
                .with("incomplete_details", Json.fields().with("reason", Json.of("content_filter")))
                .with("output", Json.array(message));
    }

    private static Json.Fields parsed(StreamEvent event) {
        byte[] data = new byte[event.size()];
        event.bytes().get(data);
        try {
            return Json.read(data) instanceof Json.Fields fields ? fields : Json.fields();
        } catch (UnreadableException e) {
            return Json.fields();
        }
    }
}
