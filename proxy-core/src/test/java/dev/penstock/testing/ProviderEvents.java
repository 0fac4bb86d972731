// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import java.util.ArrayList;
import java.util.List;

/**
 * Event streams as the providers send them, each event with its blank line, the last one the terminal event of its protocol.
 * Immutable.
 */
public final class ProviderEvents {
    private ProviderEvents() {}

    /** One content delta of a chat completion. */
    public static String chatDelta(String content) {
        return "data:"
            + " {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"lab\",\"choices\":"
            + "[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"" + content
                + "\"},\"finish_reason\":null}]}\n\n";
    }

    public static String chatFinish() {
        return "data:"
            + " {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"lab\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    }

    /** The chunk that carries usage and no choices. */
    public static String chatUsage(int input, int output) {
        return "data:"
            + " {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"lab\",\"choices\":[],"
            + "\"usage\":{\"prompt_tokens\":" + input + ",\"completion_tokens\":" + output + ",\"total_tokens\":"
                + (input + output) + "}}\n\n";
    }

    public static String chatDone() {
        return "data: [DONE]\n\n";
    }

    /** A chat stream of so many tokens ("t0 ", "t1 ", ...), finish reason, usage and [DONE]. */
    public static List<String> chat(int tokens) {
        var events = new ArrayList<>(chatDeltas(tokens));
        events.add(chatFinish());
        events.add(chatUsage(7, tokens));
        events.add(chatDone());
        return events;
    }

    /** The deltas alone: a chat stream without its end. */
    public static List<String> chatDeltas(int tokens) {
        var events = new ArrayList<String>();
        for (int i = 0; i < tokens; i++) {
            events.add(chatDelta("t" + i + " "));
        }
        return events;
    }

    private static String named(String name, String data) {
        return "event: " + name + "\ndata: " + data + "\n\n";
    }

    public static String anthropicStart() {
        return named(
                "message_start",
                "{\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"lab\","
                    + "\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{\"input_tokens\":7,\"output_tokens\":1}}}");
    }

    public static String anthropicDelta(String text) {
        return named(
                "content_block_delta",
                "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"" + text
                        + "\"}}");
    }

    public static String anthropicPing() {
        return named("ping", "{\"type\":\"ping\"}");
    }

    /** The opening and the deltas of a message: one without its end. */
    public static List<String> anthropicOpening(int tokens) {
        var events = new ArrayList<String>();
        events.add(anthropicStart());
        events.add(named(
                "content_block_start",
                "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}"));
        events.add(anthropicPing());
        for (int i = 0; i < tokens; i++) {
            events.add(anthropicDelta("t" + i + " "));
        }
        return events;
    }

    public static List<String> anthropic(int tokens) {
        var events = new ArrayList<>(anthropicOpening(tokens));
        events.add(named("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":0}"));
        events.add(named(
                "message_delta",
                "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":"
                        + tokens + "}}"));
        events.add(named("message_stop", "{\"type\":\"message_stop\"}"));
        return events;
    }

    private static String response(String status, String output, String usage) {
        return "{\"id\":\"resp_1\",\"object\":\"response\",\"created_at\":1,\"status\":\"" + status
                + "\",\"error\":null,\"incomplete_details\":null,\"instructions\":null,\"metadata\":{},\"model\":\"lab\",\"output\":"
                + output
                + ",\"parallel_tool_calls\":true,\"temperature\":1.0,\"tool_choice\":\"auto\",\"tools\":[],\"top_p\":1.0,"
                + "\"usage\":" + usage + "}";
    }

    private static String message(String status, String content) {
        return "{\"id\":\"msg_1\",\"type\":\"message\",\"status\":\"" + status
                + "\",\"role\":\"assistant\",\"content\":" + content + "}";
    }

    /** The opening and the deltas of a response of the Responses API: one without its end. */
    public static List<String> responsesOpening(int tokens) {
        var events = new ArrayList<String>();
        events.add(named(
                "response.created",
                "{\"type\":\"response.created\",\"sequence_number\":0,\"response\":"
                        + response("in_progress", "[]", "null") + "}"));
        events.add(named(
                "response.output_item.added",
                "{\"type\":\"response.output_item.added\",\"sequence_number\":1,\"output_index\":0,\"item\":"
                        + message("in_progress", "[]") + "}"));
        events.add(named(
                "response.content_part.added",
                "{\"type\":\"response.content_part.added\",\"sequence_number\":2,\"item_id\":\"msg_1\",\"output_index\":0,"
                    + "\"content_index\":0,\"part\":{\"type\":\"output_text\",\"text\":\"\",\"annotations\":[]}}"));
        for (int i = 0; i < tokens; i++) {
            events.add(named(
                    "response.output_text.delta",
                    "{\"type\":\"response.output_text.delta\",\"sequence_number\":" + (i + 3)
                            + ",\"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,\"delta\":\"t" + i
                            + " \",\"logprobs\":[]}"));
        }
        return events;
    }

    public static List<String> responses(int tokens) {
        var events = new ArrayList<>(responsesOpening(tokens));
        String content = "[{\"type\":\"output_text\",\"text\":\"whole\",\"annotations\":[]}]";
        String usage = "{\"input_tokens\":7,\"input_tokens_details\":{\"cached_tokens\":0},\"output_tokens\":" + tokens
                + ",\"output_tokens_details\":{\"reasoning_tokens\":0},\"total_tokens\":" + (7 + tokens) + "}";
        events.add(named(
                "response.completed",
                "{\"type\":\"response.completed\",\"sequence_number\":" + (tokens + 3) + ",\"response\":"
                        + response("completed", "[" + message("completed", content) + "]", usage) + "}"));
        return events;
    }

    /** A chat completion that is not streamed. */
    public static String chatJson(String content) {
        return "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"lab\",\"choices\":[{\"index\":0,"
            + "\"message\":{\"role\":\"assistant\",\"content\":\"" + content
                + "\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"stop\"}],"
                + "\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3,\"total_tokens\":10}}";
    }

    /** A message of Anthropic's that is not streamed. */
    public static String anthropicJson(String text) {
        return "{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"lab\",\"content\":[{\"type\":\"text\",\"text\":\""
                + text
                + "\"}],\"stop_reason\":\"end_turn\",\"stop_sequence\":null,\"usage\":{\"input_tokens\":7,\"output_tokens\":3}}";
    }
}
