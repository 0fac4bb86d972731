// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.parts;

import java.util.Optional;

/**
 * A model's name, in which one {@code *} may stand for any characters, none included: {@code gpt-4*}, {@code meta/*-instruct}.
 * Case matters, as it does to routes.
 *
 * <p>Immutable.
 */
public record ModelPattern(String text) {
    public ModelPattern {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("a model pattern must not be empty");
        }
        if (text.indexOf('*') != text.lastIndexOf('*')) {
            throw new IllegalArgumentException("a model pattern may have one * only: " + text);
        }
    }

    /** Whether only the very same name matches. */
    public boolean exact() {
        return text.indexOf('*') < 0;
    }

    /** How many characters of a name it fixes: of two that match, the one that fixes more is meant. */
    public int fixed() {
        return exact() ? text.length() : text.length() - 1;
    }

    public boolean matches(String model) {
        return wild(model).isPresent();
    }

    /** What the star stands for in this name, empty text if there is no star; nothing if the name does not match. */
    public Optional<String> wild(String model) {
        int star = text.indexOf('*');
        if (star < 0) {
            return text.equals(model) ? Optional.of("") : Optional.empty();
        }
        String end = text.substring(star + 1);
        boolean fits = model.length() >= fixed() && model.startsWith(text.substring(0, star)) && model.endsWith(end);
        return fits ? Optional.of(model.substring(star, model.length() - end.length())) : Optional.empty();
    }

    @Override
    public String toString() {
        return text;
    }
}
