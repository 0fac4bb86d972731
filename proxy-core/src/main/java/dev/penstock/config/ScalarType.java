// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.Map;
import java.util.function.Function;

/**
 * How one Java type is written as a scalar. Immutable.
 *
 * @param label what the reference calls it, such as {@code duration}
 * @param schema the JSON Schema of it
 * @param parse throws IllegalArgumentException with a message that starts with "must"
 * @param secret whether it is never shown, and a warning when it stands in the file as it is
 */
public record ScalarType<T>(
        Class<T> type,
        String label,
        Map<String, Object> schema,
        Function<String, T> parse,
        Function<T, String> render,
        boolean secret) {
    public ScalarType {
        schema = Map.copyOf(schema);
    }

    /** A type that is text in JSON, and whose toString can be read again. */
    public static <T> ScalarType<T> of(Class<T> type, String label, String pattern, Function<String, T> parse) {
        Map<String, Object> schema = Map.of("type", "string", "pattern", "^(" + pattern + ")$");
        return new ScalarType<>(type, label, schema, parse, String::valueOf, false);
    }

    /** A secret of another package's type. */
    public static <T> ScalarType<T> secretOf(Class<T> type, Function<String, T> parse) {
        return new ScalarType<>(type, "secret", ScalarTypes.TEXT, parse, value -> Secret.MASK, true);
    }

    /** Numbers and booleans are written without quotes. */
    boolean bare() {
        return "integer".equals(schema.get("type"))
                || "number".equals(schema.get("type"))
                || "boolean".equals(schema.get("type"));
    }

    String show(Object value) {
        return render.apply(type.cast(value));
    }
}
