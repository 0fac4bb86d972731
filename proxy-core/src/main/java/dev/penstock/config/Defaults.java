// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

/** Sections with nothing written in them. Immutable. */
final class Defaults {
    private Defaults() {}

    static <R extends Record> R of(Class<R> section) {
        ConfigProblems problems = new ConfigProblems();
        return new Binder(ScalarTypes.standard())
                .bind(section, ConfigNode.nothing(""), problems)
                .orElseThrow(() -> new IllegalArgumentException(
                        section.getSimpleName() + " has no defaults: " + problems.errors()));
    }
}
