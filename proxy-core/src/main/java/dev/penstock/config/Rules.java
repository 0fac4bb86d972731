// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.Optional;

/** What the documentation of a key demands of its value. Immutable. */
record Rules(Optional<Doc> doc, boolean off) {
    static final Rules NONE = new Rules(Optional.empty(), false);

    static Rules of(Shape.Field field) {
        return new Rules(field.doc(), false);
    }

    /** The value may also be {@code off}, which messages should say. */
    Rules orOff() {
        return new Rules(doc, true);
    }

    /** For the elements of a list: its own rules are about the list. */
    Rules element() {
        return NONE;
    }

    boolean filled() {
        return doc.map(Doc::filled).orElse(false);
    }

    long min() {
        return doc.map(Doc::min).orElse(Long.MIN_VALUE);
    }

    long max() {
        return doc.map(Doc::max).orElse(Long.MAX_VALUE);
    }
}
