// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Refuses keys that a section does not have, and says where they belong or what was meant. Confined to the thread that loads. */
final class UnknownKeys {
    private static final int LISTED = 12;
    private static final int MOST_PLACES = 3;

    private final Shape.Section root;
    private final ConfigProblems problems;

    UnknownKeys(Shape.Section root, ConfigProblems problems) {
        this.root = root;
        this.problems = problems;
    }

    void report(Shape.Section section, ConfigNode.Mapping mapping) {
        for (ConfigNode.Entry entry : mapping.entries()) {
            if (section.field(entry.key()).isEmpty()) {
                if (Sensitivity.of(section)) {
                    problems.hide(entry.value());
                }
                problems.error(entry.origin(), entry.value().path(), "unknown key" + advice(section, entry.key()));
            }
        }
    }

    private String advice(Shape.Section section, String wrong) {
        Optional<String> below = single(places(section, wrong, ""));
        if (below.isPresent()) {
            return "; it belongs under " + below.get();
        }
        Optional<String> meant = meant(section, wrong);
        if (meant.isPresent()) {
            return "; did you mean \"" + meant.get() + "\"?";
        }
        List<String> elsewhere = places(root, wrong, "").stream()
                .filter(place -> !place.startsWith("routes[].stream"))
                .toList();
        if (!elsewhere.isEmpty() && elsewhere.size() <= MOST_PLACES) {
            return elsewhere.getFirst().isEmpty()
                    ? "; it belongs to the top level"
                    : "; it belongs under " + Words.choice(elsewhere);
        }
        List<String> keys = section.keys();
        return keys.isEmpty()
                ? "; there are no keys here"
                : keys.size() <= LISTED ? "; the keys here are " + Words.list(keys) : "";
    }

    private static Optional<String> meant(Shape.Section section, String wrong) {
        String snake = Shapes.key(wrong.replace('-', '_'));
        return section.keys().contains(snake) ? Optional.of(snake) : DidYouMean.nearest(snake, section.keys());
    }

    private static Optional<String> single(List<String> places) {
        return places.size() == 1 ? Optional.of(places.getFirst()) : Optional.empty();
    }

    /** Dotted paths of all sections below that have the key. */
    private static List<String> places(Shape.Section section, String key, String path) {
        List<String> found = new ArrayList<>();
        if (section.field(key).isPresent()) {
            found.add(path);
        }
        for (Shape.Field field : section.fields()) {
            String below = path.isEmpty() ? field.key() : path + "." + field.key();
            found.addAll(inside(field.shape(), key, below));
        }
        return found;
    }

    private static List<String> inside(Shape shape, String key, String path) {
        return switch (shape) {
            case Shape.Section section -> places(section, key, path);
            case Shape.OrOff off -> inside(off.value(), key, path);
            case Shape.Many many -> inside(many.element(), key, path + "[]");
            case Shape.Keyed keyed -> List.of();
            case Shape.OneOf choice -> List.of();
            case Shape.One one -> List.of();
            case Shape.Raw raw -> List.of();
        };
    }
}
