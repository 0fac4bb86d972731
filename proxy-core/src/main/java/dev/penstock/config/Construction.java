// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Calls a record's constructor and gives what it refuses a place. Confined to the thread that loads. */
final class Construction {
    private final ConfigProblems problems;

    Construction(ConfigProblems problems) {
        this.problems = problems;
    }

    /**
     * The record.
     *
     * @param sound whether every value is the one that was written; otherwise what the constructor says may be an echo of a problem that
     *     is already reported, and is dropped
     */
    Optional<Object> construct(
            Shape.Section shape, ConfigNode.Mapping mapping, @Nullable Object[] values, boolean sound) {
        if (missesPrimitive(shape, mapping, values)) {
            return Optional.empty();
        }
        try {
            return Optional.of(canonical(shape.type()).newInstance(values));
        } catch (InvocationTargetException refused) {
            if (sound) {
                report(shape, mapping, refused.getCause());
            }
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("cannot construct " + shape.type().getName(), impossible);
        }
        return Optional.empty();
    }

    private static Constructor<? extends Record> canonical(Class<? extends Record> type) throws NoSuchMethodException {
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        Constructor<? extends Record> constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return constructor;
    }

    /** A plugin's record with an int where nothing was written: there is no null to pass. */
    private boolean missesPrimitive(Shape.Section shape, ConfigNode.Mapping mapping, @Nullable Object[] values) {
        boolean misses = false;
        RecordComponent[] components = shape.type().getRecordComponents();
        for (int i = 0; i < values.length; i++) {
            Shape.Field field = shape.fields().get(i);
            if (values[i] == null && components[i].getType().isPrimitive()) {
                misses = true;
                if (mapping.entry(field.key()).isEmpty()) {
                    problems.error(mapping.origin(), child(mapping, field.key()), "is required");
                }
            }
        }
        return misses;
    }

    private void report(Shape.Section shape, ConfigNode.Mapping mapping, @Nullable Throwable refused) {
        if (refused instanceof Error fatal) {
            throw fatal;
        }
        String message = refused == null || refused.getMessage() == null
                ? "is refused by " + shape.type().getSimpleName()
                : refused.getMessage();
        for (String key : shape.keys()) {
            if (message.equals(key) || message.startsWith(key + ":") || message.startsWith(key + " ")) {
                String rest = message.substring(key.length()).replaceFirst("^[: ]+", "");
                Origin origin =
                        mapping.entry(key).map(entry -> entry.value().origin()).orElse(mapping.origin());
                problems.error(origin, child(mapping, key), rest.isEmpty() ? "is required" : rest);
                return;
            }
        }
        problems.error(mapping.origin(), mapping.path(), message);
    }

    private static String child(ConfigNode.Mapping mapping, String key) {
        return mapping.path().isEmpty() ? key : mapping.path() + "." + key;
    }
}
