// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.lang.reflect.Type;
import java.util.Map;

/** Primitive types and their boxes. Immutable. */
final class Primitives {
    private static final Map<Type, Type> BOXES = Map.of(
            int.class, Integer.class, long.class, Long.class, boolean.class, Boolean.class, double.class, Double.class);

    private Primitives() {}

    static Type boxed(Type type) {
        return BOXES.getOrDefault(type, type);
    }
}
