// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The JSON Schema (2020-12) of the configuration file, made from the shapes that the binder walks. A string with a variable in it is
 * accepted everywhere, because an editor cannot know what it will be. Confined to one thread.
 */
public final class JsonSchema {
    private static final Map<String, Object> VARIABLE = Map.of("$ref", "#/$defs/variable");

    private final Map<String, Object> definitions = new TreeMap<>();

    private JsonSchema() {}

    /** The schema as a tree of maps and lists. */
    public static Map<String, Object> tree() {
        JsonSchema schema = new JsonSchema();
        Shape.Section root = new Shapes(ScalarTypes.standard()).section(PenstockConfig.class);
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        tree.put("title", "Penstock configuration");
        tree.putAll(schema.object(root));
        Map<String, Object> variable = new LinkedHashMap<>();
        variable.put("description", "Filled in from the environment or from a file.");
        variable.put("type", "string");
        variable.put("pattern", "\\$\\{[^}]+\\}");
        schema.definitions.put("variable", variable);
        tree.put("$defs", schema.definitions);
        return tree;
    }

    /** The schema as JSON text. */
    public static String text() {
        try {
            return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(tree()) + "\n";
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("maps and lists can always be written", impossible);
        }
    }

    private Map<String, Object> object(Shape.Section section) {
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        List<Map<String, Object>> either = new ArrayList<>();
        for (Shape.Field field : section.fields()) {
            properties.put(field.key(), property(field));
            if (field.singular().isPresent()) {
                Shape.Many many = (Shape.Many) field.shape();
                properties.put(field.singular().get(), described(field, schema(many.element(), Rules.NONE)));
                for (String key : field.keys()) {
                    either.add(Map.of("required", List.of(key)));
                }
            } else if (field.required() && field.derived().isEmpty()) {
                required.add(field.key());
            }
        }
        Map<String, Object> object = new LinkedHashMap<>();
        boolean optional = required.isEmpty() && either.isEmpty();
        object.put("type", optional ? List.of("object", "null") : "object");
        object.put("properties", properties);
        object.put("additionalProperties", false);
        if (!required.isEmpty()) {
            object.put("required", required);
        }
        if (!either.isEmpty()) {
            object.put("oneOf", either);
        }
        return object;
    }

    private Map<String, Object> property(Shape.Field field) {
        Map<String, Object> property = described(field, schema(field.shape(), Rules.of(field)));
        field.standard()
                .filter(text -> field.derived().isEmpty())
                .ifPresent(text -> property.put("default", standard(field.shape(), text)));
        field.doc()
                .map(Doc::example)
                .filter(text -> !text.isEmpty())
                .ifPresent(text -> property.put("examples", List.of(PlainJson.ofText(text))));
        return property;
    }

    private static Map<String, Object> described(Shape.Field field, Map<String, Object> schema) {
        Map<String, Object> described = new LinkedHashMap<>();
        field.doc().ifPresent(doc -> described.put("description", doc.value()));
        described.putAll(schema);
        return described;
    }

    private static Object standard(Shape shape, String text) {
        return shape instanceof Shape.Many
                ? PlainJson.ofText("[" + text + "]")
                : PlainJson.ofText(text.matches("[A-Za-z0-9_-]+") ? text : "\"" + text + "\"");
    }

    private Map<String, Object> schema(Shape shape, Rules rules) {
        return switch (shape) {
            case Shape.One one -> scalar(one.type(), rules);
            case Shape.OrOff off -> anyOf(Map.of("const", "off"), written(schema(off.value(), rules), off.value()));
            case Shape.Many many -> list(many, rules);
            case Shape.Keyed keyed -> keyed(keyed);
            case Shape.Section section -> section(section);
            case Shape.OneOf choice -> choice(choice);
            case Shape.Raw raw -> Map.of();
        };
    }

    /** A section that may be off has to say something. */
    private static Map<String, Object> written(Map<String, Object> schema, Shape value) {
        return value instanceof Shape.Section
                ? Map.of("allOf", List.of(schema), "not", Map.of("type", "null"))
                : schema;
    }

    private static Map<String, Object> scalar(ScalarType<?> type, Rules rules) {
        Map<String, Object> schema = new LinkedHashMap<>(type.schema());
        if ("integer".equals(schema.get("type"))) {
            rules.doc().ifPresent(doc -> schema.put("minimum", doc.min()));
            rules.doc().ifPresent(doc -> schema.put("maximum", doc.max()));
        }
        boolean quantity = type.label().equals("duration") || type.label().equals("size");
        if (quantity && rules.min() > 0) {
            schema.put("not", Map.of("pattern", "^0[A-Za-z]"));
        }
        return type.schema().equals(ScalarTypes.TEXT) ? schema : anyOf(schema, VARIABLE);
    }

    private static Map<String, Object> anyOf(Map<String, Object> one, Map<String, Object> other) {
        List<Object> options = new ArrayList<>(options(one));
        options.addAll(options(other));
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("anyOf", options);
        return schema;
    }

    private static List<?> options(Map<String, Object> schema) {
        return schema.size() == 1 && schema.get("anyOf") instanceof List<?> options ? options : List.of(schema);
    }

    private Map<String, Object> list(Shape.Many many, Rules rules) {
        Map<String, Object> element = schema(many.element(), Rules.NONE);
        Map<String, Object> array = new LinkedHashMap<>();
        array.put("type", "array");
        array.put("items", element);
        if (rules.filled()) {
            array.put("minItems", 1);
        }
        if (!many.element().scalar()) {
            return array;
        }
        Map<String, Object> commas = inOneScalar(many.element(), element);
        if (rules.filled()) {
            commas.putIfAbsent("pattern", "\\S");
        }
        return anyOf(array, commas);
    }

    /** A single element, or several with commas between them, or none at all. */
    private static Map<String, Object> inOneScalar(Shape element, Map<String, Object> schema) {
        Map<String, Object> commas = new LinkedHashMap<>();
        commas.put("description", "Comma-separated.");
        Optional<String> pattern =
                element instanceof Shape.One one ? pattern(one.type().schema()) : Optional.empty();
        if (pattern.isEmpty()) {
            commas.put("type", List.of("string", "number", "boolean"));
            return commas;
        }
        String each = pattern.get().replaceAll("^\\^|\\$$", "");
        commas.put("type", "string");
        commas.put("pattern", "^\\s*(" + each + "(\\s*,\\s*" + each + ")*)?\\s*$");
        return anyOf(commas, schema);
    }

    private static Optional<String> pattern(Map<String, Object> schema) {
        if (schema.get("pattern") instanceof String pattern) {
            return Optional.of(pattern);
        }
        return schema.get("anyOf") instanceof List<?> options && options.getFirst() instanceof Map<?, ?> first
                ? Optional.ofNullable((String) first.get("pattern"))
                : Optional.empty();
    }

    private Map<String, Object> keyed(Shape.Keyed keyed) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", List.of("object", "null"));
        schema.put("additionalProperties", schema(keyed.value(), Rules.NONE));
        schema.put(
                "propertyNames",
                keyed.key().schema().containsKey("pattern") ? keyed.key().schema() : Map.of("minLength", 1));
        return schema;
    }

    private Map<String, Object> section(Shape.Section section) {
        String name = section.type().getSimpleName().replaceFirst("Config$", "");
        if (!definitions.containsKey(name)) {
            definitions.put(name, Map.of());
            definitions.put(name, object(section));
        }
        Map<String, Object> reference = Map.of("$ref", "#/$defs/" + name);
        return section.shorthand()
                .flatMap(section::field)
                .map(field -> anyOf(schema(field.shape(), Rules.of(field)), reference))
                .orElse(reference);
    }

    private Map<String, Object> choice(Shape.OneOf choice) {
        List<String> words = choice.cases().stream()
                .filter(Shape.Case::wordAlone)
                .map(Shape.Case::word)
                .toList();
        List<Object> options = new ArrayList<>();
        if (!words.isEmpty()) {
            options.add(Map.of("enum", words));
        }
        choice.cases().forEach(one -> options.add(onlyKey(one)));
        options.add(VARIABLE);
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("anyOf", options);
        return schema;
    }

    private Map<String, Object> onlyKey(Shape.Case one) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("properties", Map.of(one.word(), caseValue(one)));
        schema.put("required", List.of(one.word()));
        schema.put("additionalProperties", false);
        return schema;
    }

    private Map<String, Object> caseValue(Shape.Case one) {
        if (one.inline()) {
            Shape.Field only = one.section().fields().getFirst();
            return property(only);
        }
        return one.section().fields().isEmpty() ? Map.of("const", true) : object(one.section());
    }
}
