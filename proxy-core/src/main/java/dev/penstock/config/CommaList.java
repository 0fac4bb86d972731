// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.ArrayList;
import java.util.List;

/** A list in one scalar, as an environment variable has to write it. Immutable. */
final class CommaList {
    private CommaList() {}

    /** Nothing for the empty text; each element keeps its own place where the text stands in the file as it is. */
    static List<ConfigNode> split(ConfigNode.Scalar scalar) {
        List<ConfigNode> items = new ArrayList<>();
        int from = 0;
        while (!scalar.text().isBlank() && from <= scalar.text().length()) {
            int comma = scalar.text().indexOf(',', from);
            int to = comma < 0 ? scalar.text().length() : comma;
            String part = scalar.text().substring(from, to);
            int offset = from + part.length() - part.stripLeading().length();
            items.add(new ConfigNode.Scalar(
                    scalar.path() + "[" + items.size() + "]",
                    place(scalar, offset),
                    part.strip(),
                    scalar.quoted(),
                    scalar.expanded()));
            from = to + 1;
        }
        return items;
    }

    private static Origin place(ConfigNode.Scalar scalar, int offset) {
        return scalar.origin() instanceof Origin.InFile place && !scalar.expanded()
                ? new Origin.InFile(place.source(), place.line(), place.column() + offset + (scalar.quoted() ? 1 : 0))
                : scalar.origin();
    }
}
