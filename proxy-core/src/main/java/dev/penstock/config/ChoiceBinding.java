// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Binds one of several cases, written as a word or as a mapping with the word as its only key. Confined to the thread that loads. */
final class ChoiceBinding {
    private final Binding binding;
    private final ConfigProblems problems;

    ChoiceBinding(Binding binding, ConfigProblems problems) {
        this.binding = binding;
        this.problems = problems;
    }

    Optional<Bound> bind(Shape.OneOf shape, ConfigNode node) {
        return switch (node) {
            case ConfigNode.Scalar scalar -> word(shape, scalar);
            case ConfigNode.Mapping mapping
            when mapping.entries().size() == 1 -> entry(shape, mapping.entries().getFirst());
            default -> {
                hideIn(shape, node);
                problems.error(node, "must be " + forms(shape));
                yield Optional.empty();
            }
        };
    }

    private Optional<Bound> word(Shape.OneOf shape, ConfigNode.Scalar scalar) {
        Optional<Shape.Case> chosen = find(shape, scalar.text());
        if (chosen.isPresent() && chosen.get().wordAlone()) {
            ConfigNode empty = new ConfigNode.Mapping(scalar.path(), scalar.origin(), List.of());
            return binding.section(chosen.get().section(), empty)
                    .map(bound -> new Bound(bound.value(), wordShown(chosen.get(), bound, scalar.origin())));
        }
        if (chosen.isPresent()) {
            problems.error(scalar, "needs more than the word: " + form(chosen.get()));
            return Optional.empty();
        }
        hideIn(shape, scalar);
        String found = Sensitivity.of(shape) ? "" : ScalarBinding.found(scalar);
        String hint = DidYouMean.hint(scalar.text(), shape.words());
        problems.error(scalar, "must be " + forms(shape) + found + hint);
        return Optional.empty();
    }

    private static Effective wordShown(Shape.Case chosen, Bound bound, Origin origin) {
        if (chosen.section().fields().isEmpty()) {
            return new Effective.Value(chosen.word(), origin);
        }
        Effective inside = bound.effective();
        if (chosen.inline() && inside instanceof Effective.Section section) {
            inside = section.entries().values().iterator().next();
        }
        return new Effective.Section(Map.of(chosen.word(), inside));
    }

    private Optional<Bound> entry(Shape.OneOf shape, ConfigNode.Entry entry) {
        Optional<Shape.Case> chosen = find(shape, entry.key());
        if (chosen.isEmpty()) {
            hideIn(shape, entry.value());
            String hint = DidYouMean.hint(entry.key(), shape.words());
            problems.error(entry.origin(), entry.value().path(), "unknown key; must be " + forms(shape) + hint);
            return Optional.empty();
        }
        return mapped(chosen.get(), entry.value())
                .map(bound -> new Bound(bound.value(), new Effective.Section(Map.of(entry.key(), bound.effective()))));
    }

    private Optional<Bound> mapped(Shape.Case chosen, ConfigNode value) {
        if (chosen.inline()) {
            return inline(chosen, value);
        }
        if (!chosen.section().fields().isEmpty()) {
            return binding.section(chosen.section(), value);
        }
        if (value instanceof ConfigNode.Scalar scalar && scalar.text().equals("true")) {
            return binding.section(chosen.section(), new ConfigNode.Empty(value.path(), value.origin()))
                    .map(bound -> new Bound(bound.value(), new Effective.Value(true, value.origin())));
        }
        problems.error(value, "must be true, or write the word " + chosen.word() + " alone");
        return Optional.empty();
    }

    private Optional<Bound> inline(Shape.Case chosen, ConfigNode value) {
        Shape.Field only = chosen.section().fields().getFirst();
        return binding.bind(only.shape(), value, Rules.of(only)).flatMap(bound -> {
            ConfigNode.Mapping place = new ConfigNode.Mapping(value.path(), value.origin(), List.of());
            return new Construction(problems)
                    .construct(chosen.section(), place, new @Nullable Object[] {bound.value()}, true)
                    .map(made -> new Bound(made, bound.effective()));
        });
    }

    private void hideIn(Shape.OneOf shape, ConfigNode node) {
        if (Sensitivity.of(shape)) {
            problems.hide(node);
        }
    }

    private static Optional<Shape.Case> find(Shape.OneOf shape, String word) {
        return shape.cases().stream().filter(one -> one.word().equals(word)).findFirst();
    }

    private static String forms(Shape.OneOf shape) {
        return Words.choice(shape.cases().stream().map(ChoiceBinding::form).toList());
    }

    /** {@code round_robin}, or {@code {header: ...}}. */
    static String form(Shape.Case one) {
        String mapping = "{" + one.word() + ": ...}";
        boolean both = one.wordAlone() && !one.section().fields().isEmpty();
        return both ? one.word() + " or " + mapping : one.wordAlone() ? one.word() : mapping;
    }
}
