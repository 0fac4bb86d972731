// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.Optional;

/**
 * Binds nodes to records, strictly. Our own records, whose components carry their documentation, get every default filled in. A plugin's
 * record gets null for what is absent (an empty Optional where it asks for one) and sets its own defaults; an IllegalArgumentException of
 * its constructor becomes a problem at the key that the message starts with. Immutable.
 */
public final class Binder {
    private final Shapes shapes;

    public Binder(ScalarTypes scalars) {
        this.shapes = new Shapes(scalars);
    }

    /** The record, or nothing if anything in the node is wrong; what is wrong is added to {@code problems}. */
    public <C extends Record> Optional<C> bind(Class<C> type, ConfigNode node, ConfigProblems problems) {
        int before = problems.reported();
        return bindSection(shapes.section(type), node, problems)
                .filter(bound -> problems.reported() == before)
                .map(bound -> type.cast(bound.value()));
    }

    Optional<Bound> bindSection(Shape.Section section, ConfigNode node, ConfigProblems problems) {
        return new Binding(section, problems).section(section, node);
    }
}
