// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.parts;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the words in the events of an answer, or in an answer that is one document, by the dialect that it is in. Everything that
 * a model can have said counts: text, reasoning, refusals, the arguments of tool calls.
 *
 * <p>Immutable.
 */
public final class AnswerReader {
    /** Members that hold names, ids and sealed data, not words. */
    private static final Set<String> NO_WORDS = Set.of(
            "role",
            "id",
            "type",
            "object",
            "status",
            "call_id",
            "item_id",
            "signature",
            "encrypted_content",
            "data",
            "finish_reason",
            "stop_reason",
            "logprobs");

    private enum Form {
        CHAT,
        RESPONSES,
        MESSAGES,
        RAW
    }

    private final Form form;

    private AnswerReader(Form form) {
        this.form = form;
    }

    /** The reader for a dialect, as {@code StreamInfo.dialect()} names it; what it does not know it takes for plain text. */
    public static AnswerReader of(String dialect) {
        return new AnswerReader(
                switch (dialect) {
                    case "openai-chat", "openai-completions" -> Form.CHAT;
                    case "openai-responses" -> Form.RESPONSES;
                    case "anthropic-messages" -> Form.MESSAGES;
                    default -> Form.RAW;
                });
    }

    /** The words of an event's data, or of a whole body, in order. What is not JSON is all words. */
    public List<Said> read(byte[] data) {
        List<Said> found = new ArrayList<>();
        if (form == Form.RAW) {
            add("", new String(data, UTF_8), false, found);
            return found;
        }
        try {
            read(Json.read(data), found);
        } catch (UnreadableException e) {
            add("", new String(data, UTF_8), true, found);
        }
        return found;
    }

    private void read(Json root, List<Said> found) {
        switch (form) {
            case CHAT -> root.get("choices").items().forEach(choice -> choice(choice, found));
            case RESPONSES -> responses(root, found);
            case MESSAGES -> messages(root, found);
            case RAW -> throw new IllegalStateException("raw text is not parsed");
        }
    }

    private static void choice(Json choice, List<Said> found) {
        String channel = "choice " + choice.get("index").number().orElse(0);
        for (String part : List.of("delta", "message", "text")) {
            collect(choice.get(part), channel, false, found);
        }
    }

    /** Deltas by their item; {@code done} events repeat what came in deltas; a whole response has an output. */
    private static void responses(Json root, List<Said> found) {
        if (root.get("delta") instanceof Json.Text delta) {
            add(channelOf(root), delta.value(), false, found);
            return;
        }
        for (String repeated : List.of("text", "arguments", "input", "refusal", "code", "part", "item")) {
            collect(root.get(repeated), "", true, found);
        }
        collect(root.get("output"), "", true, found);
        collect(root.get("response").get("output"), "", true, found);
    }

    /** Parts of one item are one text; the kinds of text in it are not. */
    private static String channelOf(Json event) {
        return event.get("type").text() + " "
                + event.get("output_index").number().orElse(0);
    }

    private static void messages(Json root, List<Said> found) {
        if (root.get("error") instanceof Json.Fields) {
            return;
        }
        String index = " " + root.get("index").number().orElse(0);
        block(root.get("content_block"), index, found);
        block(root.get("delta"), index, found);
        List<Json> content = root.get("content").items();
        for (int at = 0; at < content.size(); at++) {
            block(content.get(at), " " + at, found);
        }
    }

    /** Text blocks are joined by whoever shows them, so a phrase may lie in two; other blocks stand for themselves. */
    private static void block(Json block, String index, List<Said> found) {
        if (block instanceof Json.Fields(Map<String, Json> members)) {
            members.forEach((name, value) -> {
                if (!NO_WORDS.contains(name)) {
                    collect(value, name.equals("text") ? name : name + index, false, found);
                }
            });
        }
    }

    private static void collect(Json value, String channel, boolean whole, List<Said> found) {
        switch (value) {
            case Json.Text(String text) -> add(channel, text, whole, found);
            case Json.Items(List<Json> values) -> {
                for (int at = 0; at < values.size(); at++) {
                    long place = values.get(at).get("index").number().orElse(at);
                    collect(values.get(at), channel + "/" + place, whole, found);
                }
            }
            case Json.Fields(Map<String, Json> members) ->
                members.forEach((name, member) -> {
                    if (!NO_WORDS.contains(name)) {
                        collect(member, channel + "/" + name, whole, found);
                    }
                });
            case Json.Other ignored -> {}
        }
    }

    private static void add(String channel, String text, boolean whole, List<Said> found) {
        if (!text.isEmpty()) {
            found.add(new Said(channel, text, whole));
        }
    }
}
