// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.lang.reflect.RecordComponent;

/** Sections with nothing written in them. Immutable. */
final class Defaults {
    private Defaults() {}

    static <R extends Record> R of(Class<R> section) {
        RecordComponent[] components = section.getRecordComponents();
        if (components.length > 0) {
            throw new IllegalStateException("the binder that fills in " + section.getSimpleName() + " is not here yet");
        }
        return section.cast(components);
    }
}
