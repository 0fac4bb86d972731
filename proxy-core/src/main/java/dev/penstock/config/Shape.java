// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.List;
import java.util.Optional;

/**
 * What may be written in one place of the file, read off the Java types. The binder, the schema, the reference and the overrides all walk
 * these, so they cannot disagree about keys. Immutable.
 */
sealed interface Shape {
    /** One value. */
    record One(ScalarType<?> type) implements Shape {}

    /** A value or {@code off}. */
    record OrOff(Shape value) implements Shape {}

    /** Any number of values; where each is a scalar, one comma-separated scalar will do. */
    record Many(Shape element) implements Shape {}

    /** Keys chosen by the user. */
    record Keyed(ScalarType<?> key, Shape value) implements Shape {}

    /**
     * A fixed set of keys.
     *
     * @param shorthand the key that a bare scalar stands for
     * @param documented whether the record is ours: absent keys get their default, and not null
     */
    record Section(Class<? extends Record> type, List<Field> fields, Optional<String> shorthand, boolean documented)
            implements Shape {
        List<String> keys() {
            return fields.stream().flatMap(field -> field.keys().stream()).toList();
        }

        Optional<Field> field(String key) {
            return fields.stream().filter(field -> field.keys().contains(key)).findFirst();
        }
    }

    /** One of several cases, each a word or a mapping with the word as its only key. */
    record OneOf(Class<?> type, List<Case> cases) implements Shape {
        List<String> words() {
            return cases.stream().map(Case::word).toList();
        }
    }

    /** One case of a {@link OneOf}. */
    record Case(String word, boolean inline, Section section) {
        /** Whether the word alone says everything. */
        boolean wordAlone() {
            return section.fields().stream().noneMatch(Field::required);
        }
    }

    /** Whatever is written; somebody else will bind it. */
    record Raw() implements Shape {}

    /** One key of a section. */
    record Field(String key, Shape shape, Optional<Doc> doc) {
        List<String> keys() {
            return singular().map(other -> List.of(key, other)).orElse(List.of(key));
        }

        Optional<String> singular() {
            return doc.map(Doc::singular).filter(text -> !text.isEmpty());
        }

        Optional<String> standard() {
            return doc.map(Doc::standard).filter(text -> !text.isEmpty());
        }

        /** Where the value comes from when it is not written, in words. */
        Optional<String> derived() {
            return doc.map(Doc::derived).filter(text -> !text.isEmpty());
        }

        boolean required() {
            boolean needsValue = shape instanceof One || shape instanceof OneOf;
            return standard().isEmpty()
                    && (needsValue || doc.filter(Doc::filled).isPresent());
        }
    }

    /** Whether one scalar can say it. */
    default boolean scalar() {
        return switch (this) {
            case One one -> true;
            case OrOff off -> off.value.scalar();
            case Section section -> section.shorthand.isPresent();
            case OneOf choice -> choice.cases.stream().anyMatch(Case::wordAlone);
            case Many many -> false;
            case Keyed keyed -> false;
            case Raw raw -> false;
        };
    }
}
