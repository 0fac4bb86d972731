// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.parts;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Finds the words in the requests of every dialect: messages, system, input, instructions, prompt, tools, and whatever else comes.
 * It names what holds no words and takes the rest, because a member that it does not know may be one that the model server knows.
 * Of a member that comes twice both count.
 *
 * <p>Confined to the thread that reads.
 */
public final class PromptReader {
    /** Members of a request that do not reach the model as words. */
    private static final Set<String> SETTINGS = Set.of(
            "model",
            "user",
            "metadata",
            "stop",
            "stop_sequences",
            "service_tier",
            "safety_identifier",
            "prompt_cache_key",
            "previous_response_id",
            "conversation",
            "include",
            "modalities",
            "encoding_format",
            "reasoning_effort",
            "truncation",
            "tool_choice");

    /** Members whose string is a name, an address or sealed data. */
    private static final Set<String> NO_WORDS = Set.of(
            "role",
            "type",
            "id",
            "call_id",
            "tool_call_id",
            "tool_use_id",
            "status",
            "signature",
            "encrypted_content",
            "url",
            "image_url",
            "file_url",
            "file_data",
            "file_id",
            "media_type",
            "mime_type",
            "format",
            "detail");

    /** Members below which the names are the client's own, so that everything counts, names included. */
    private static final Set<String> FREE = Set.of("input", "parameters", "input_schema", "schema");

    private final JsonParser parser;
    private final List<Prompt.Turn> turns = new ArrayList<>();
    private boolean tokenIds;

    private PromptReader(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * Reads a request's body.
     *
     * @throws UnreadableException if it is not one JSON document
     */
    public static Prompt read(byte[] body) throws UnreadableException {
        try (JsonParser parser = Json.FACTORY.createParser(body)) {
            PromptReader reader = new PromptReader(parser);
            reader.document();
            return new Prompt(reader.turns, reader.tokenIds);
        } catch (IOException e) {
            throw new UnreadableException("the body is not JSON");
        }
    }

    private void document() throws IOException, UnreadableException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            throw new UnreadableException("the body is empty");
        }
        if (first != JsonToken.START_OBJECT) {
            turn(Prompt.Role.OTHER);
        } else {
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                parser.nextToken();
                member(name);
            }
        }
        if (parser.nextToken() != null) {
            throw new UnreadableException("the body is more than one JSON document");
        }
    }

    private void member(String name) throws IOException {
        if (SETTINGS.contains(name)) {
            parser.skipChildren();
            return;
        }
        switch (name) {
            case "messages" -> turns(Prompt.Role.USER);
            case "input", "prompt" -> said();
            case "suffix" -> turn(Prompt.Role.USER);
            case "system", "instructions" -> turn(Prompt.Role.SYSTEM);
            default -> turn(Prompt.Role.OTHER);
        }
    }

    /** A text, token ids, or a list of messages, texts, or lists of token ids. */
    private void said() throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            turn(Prompt.Role.USER);
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
                tokenIds = true;
            } else if (parser.currentToken() == JsonToken.START_ARRAY) {
                said();
            } else {
                turn(Prompt.Role.USER);
            }
        }
    }

    private void turns(Prompt.Role standard) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            turn(standard);
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            turn(standard);
        }
    }

    /** The current value, whatever it is, as one turn. */
    private void turn(Prompt.Role standard) throws IOException {
        List<String> pieces = new ArrayList<>();
        String role = "";
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            role = object(pieces, false);
        } else {
            value(pieces, false);
        }
        if (!pieces.isEmpty()) {
            turns.add(new Prompt.Turn(Prompt.Role.named(role, standard), pieces));
        }
    }

    private void value(List<String> pieces, boolean free) throws IOException {
        switch (parser.currentToken()) {
            case START_OBJECT -> object(pieces, free);
            case START_ARRAY -> {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    value(pieces, free);
                }
            }
            case VALUE_STRING -> add(parser.getText(), pieces);
            default -> {}
        }
    }

    /** Gives back the object's own role. */
    private String object(List<String> pieces, boolean free) throws IOException {
        String role = "";
        Source source = new Source();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            boolean text = parser.nextToken() == JsonToken.VALUE_STRING;
            if (free) {
                add(name, pieces);
                value(pieces, true);
            } else if (text && name.equals("data")) {
                source.data.add(parser.getText());
            } else if (text && NO_WORDS.contains(name)) {
                source.words |= name.equals("type") && parser.getText().equals("text");
                role = name.equals("role") ? parser.getText() : role;
            } else {
                value(pieces, FREE.contains(name));
            }
        }
        if (source.words) {
            pieces.addAll(source.data);
        }
        return role;
    }

    private static void add(String text, List<String> pieces) {
        if (!text.isEmpty()) {
            pieces.add(text);
        }
    }

    /** The data of a document is words if its type says so, and an image or a sound if not. */
    private static final class Source {
        private final List<String> data = new ArrayList<>();
        private boolean words;
    }
}
