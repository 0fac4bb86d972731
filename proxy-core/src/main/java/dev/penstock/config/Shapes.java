// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads shapes off record types. Immutable. */
final class Shapes {
    private final ScalarTypes scalars;

    Shapes(ScalarTypes scalars) {
        this.scalars = scalars;
    }

    Shape.Section section(Class<? extends Record> type) {
        List<Shape.Field> fields = new ArrayList<>();
        boolean documented = type.getRecordComponents().length == 0;
        for (RecordComponent component : type.getRecordComponents()) {
            Optional<Doc> doc = Optional.ofNullable(component.getAnnotation(Doc.class));
            documented |= doc.isPresent();
            fields.add(new Shape.Field(key(component.getName()), shape(component.getGenericType()), doc));
        }
        Optional<String> shorthand =
                Optional.ofNullable(type.getAnnotation(Shorthand.class)).map(Shorthand::value);
        return new Shape.Section(type, List.copyOf(fields), shorthand, documented);
    }

    /** {@code maxStreams} is {@code max_streams}. */
    static String key(String component) {
        return component.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }

    private Shape shape(Type type) {
        if (type instanceof ParameterizedType generic) {
            return generic(generic);
        }
        Optional<ScalarType<?>> scalar = scalars.find(type);
        if (scalar.isPresent()) {
            return new Shape.One(scalar.get());
        }
        if (type == ConfigNode.class) {
            return new Shape.Raw();
        }
        if (type instanceof Class<?> plain && plain.isRecord()) {
            return section(plain.asSubclass(Record.class));
        }
        if (type instanceof Class<?> plain && plain.isSealed()) {
            return new Shape.OneOf(
                    plain,
                    Arrays.stream(plain.getPermittedSubclasses())
                            .map(this::oneCase)
                            .toList());
        }
        throw new IllegalArgumentException(
                type.getTypeName() + " cannot be configured: use text, numbers, booleans, Duration, enums, records,"
                        + " lists, maps or Optional");
    }

    private Shape generic(ParameterizedType type) {
        Type[] arguments = type.getActualTypeArguments();
        if (type.getRawType() == Optional.class) {
            return new Shape.OrOff(shape(arguments[0]));
        }
        if (type.getRawType() == List.class) {
            return new Shape.Many(shape(arguments[0]));
        }
        Optional<ScalarType<?>> key = scalars.find(arguments[0]);
        if (type.getRawType() == Map.class && key.isPresent()) {
            return new Shape.Keyed(key.get(), shape(arguments[1]));
        }
        throw new IllegalArgumentException(type.getTypeName() + " cannot be configured");
    }

    private Shape.Case oneCase(Class<?> type) {
        Variant variant = type.getAnnotation(Variant.class);
        String word = variant == null ? key(type.getSimpleName()) : variant.value();
        return new Shape.Case(word, variant != null && variant.inline(), section(type.asSubclass(Record.class)));
    }
}
