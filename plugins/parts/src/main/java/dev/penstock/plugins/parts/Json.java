// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.parts;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A small JSON document, read whole. What is absent, null or of another type than asked for reads as empty, because answers come
 * from servers of many makes.
 *
 * <p>Immutable.
 */
public sealed interface Json {
    /**
     * Without buffer recycling: it would leave thread locals on threads that live longer than a plugin, and they would keep the
     * plugin's classes.
     */
    JsonFactory FACTORY = JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .build();

    /** A string. */
    record Text(String value) implements Json {}

    /** An array. */
    record Items(List<Json> values) implements Json {
        public Items {
            values = List.copyOf(values);
        }
    }

    /** An object, its members in the order of the document; of a name that comes twice the last counts. */
    record Fields(Map<String, Json> members) implements Json {
        /** The same with that member, in its old place or at the end. */
        public Fields with(String name, Json value) {
            Map<String, Json> changed = new LinkedHashMap<>(members);
            changed.put(name, value);
            return new Fields(changed);
        }
    }

    /** A number, a boolean or null, as it was written. */
    record Other(String literal) implements Json {
        private static final Other NULL = new Other("null");
    }

    /** An object without members. */
    static Fields fields() {
        return new Fields(Map.of());
    }

    static Json of(String text) {
        return new Text(text);
    }

    static Json of(long number) {
        return new Other(Long.toString(number));
    }

    /**
     * A number, written without an exponent.
     *
     * @throws NumberFormatException if it is not finite
     */
    static Json of(double number) {
        return new Other(BigDecimal.valueOf(number).toPlainString());
    }

    static Json of(boolean truth) {
        return new Other(Boolean.toString(truth));
    }

    static Json array(Json... values) {
        return new Items(List.of(values));
    }

    static Json nothing() {
        return Other.NULL;
    }

    /**
     * Reads one document.
     *
     * @throws UnreadableException if it is not JSON, or more than one document
     */
    static Json read(byte[] document) throws UnreadableException {
        try (JsonParser parser = FACTORY.createParser(document)) {
            if (parser.nextToken() == null) {
                throw new UnreadableException("there is no JSON");
            }
            Json value = value(parser);
            if (parser.nextToken() != null) {
                throw new UnreadableException("there is more than one JSON document");
            }
            return value;
        } catch (IOException e) {
            throw new UnreadableException("it is not JSON");
        }
    }

    private static Json value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> fields(parser);
            case START_ARRAY -> items(parser);
            case VALUE_STRING -> new Text(parser.getText());
            default -> new Other(parser.getText());
        };
    }

    private static Json fields(JsonParser parser) throws IOException {
        Map<String, Json> members = new LinkedHashMap<>();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            members.put(name, value(parser));
        }
        return new Fields(members);
    }

    private static Json items(JsonParser parser) throws IOException {
        List<Json> values = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            values.add(value(parser));
        }
        return new Items(values);
    }

    /** A member of an object. */
    default Json get(String name) {
        return this instanceof Fields fields ? fields.members.getOrDefault(name, Other.NULL) : Other.NULL;
    }

    /** The elements of an array. */
    default List<Json> items() {
        return this instanceof Items items ? items.values : List.of();
    }

    /** The value of a string. */
    default String text() {
        return this instanceof Text text ? text.value : "";
    }

    /** The value of a whole number. */
    default OptionalLong number() {
        if (this instanceof Other other && other.literal.matches("-?[0-9]{1,18}")) {
            return OptionalLong.of(Long.parseLong(other.literal));
        }
        return OptionalLong.empty();
    }

    /** Whether it is the literal {@code true}. */
    default boolean isTrue() {
        return this instanceof Other other && other.literal.equals("true");
    }

    /** The document, without line breaks. */
    default String written() {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(text)) {
            write(this, generator);
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot fail", e);
        }
        return text.toString();
    }

    private static void write(Json value, JsonGenerator generator) throws IOException {
        switch (value) {
            case Text text -> generator.writeString(text.value);
            case Other other -> generator.writeRawValue(other.literal);
            case Items items -> {
                generator.writeStartArray();
                for (Json item : items.values) {
                    write(item, generator);
                }
                generator.writeEndArray();
            }
            case Fields fields -> {
                generator.writeStartObject();
                for (Map.Entry<String, Json> member : fields.members.entrySet()) {
                    generator.writeFieldName(member.getKey());
                    write(member.getValue(), generator);
                }
                generator.writeEndObject();
            }
        }
    }
}
