// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.mock;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** JSON as the mock needs it: objects in the order they are written, and requests read as a tree. Immutable. */
final class MockJson {

    /** JSON's null, which APIs spell out ({@code "finish_reason": null}). */
    static final Object NULL = NullNode.instance;

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private MockJson() {}

    /** An object of alternating names and values. */
    static Map<String, Object> object(Object... namesAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return object;
    }

    static String text(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /**
     * Reads a request's body, which must be an object.
     *
     * @throws IllegalArgumentException if it is not
     */
    static JsonNode read(String body) {
        try {
            JsonNode node = MAPPER.readTree(body);
            if (!node.isObject()) {
                throw new IllegalArgumentException("the body must be a JSON object");
            }
            return node;
        } catch (JsonProcessingException unreadable) {
            throw new IllegalArgumentException("the body is not JSON", unreadable);
        }
    }
}
