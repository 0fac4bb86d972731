// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One run of the binder over one tree: chooses by shape, and goes on after a problem to find the next. Confined to the thread that loads. */
final class Binding {
    private final ConfigProblems problems;
    private final ScalarBinding scalars;
    private final SectionBinding sections;
    private final ChoiceBinding choices;

    Binding(Shape.Section root, ConfigProblems problems) {
        this.problems = problems;
        this.scalars = new ScalarBinding(problems);
        this.sections = new SectionBinding(this, root, problems);
        this.choices = new ChoiceBinding(this, problems);
    }

    Optional<Bound> section(Shape.Section shape, ConfigNode node) {
        return sections.bind(shape, node);
    }

    Optional<Bound> bind(Shape shape, ConfigNode node, Rules rules) {
        if (node instanceof ConfigNode.Broken) {
            return Optional.empty();
        }
        return switch (shape) {
            case Shape.One one -> scalars.bind(one.type(), node, rules);
            case Shape.OrOff off -> orOff(off, node, rules);
            case Shape.Many many -> many(many, node, rules);
            case Shape.Keyed keyed -> keyed(keyed, node);
            case Shape.Section section -> sections.bind(section, node);
            case Shape.OneOf choice -> choices.bind(choice, node);
            case Shape.Raw raw -> Optional.of(new Bound(node, Effective.raw(node, false)));
        };
    }

    private Optional<Bound> orOff(Shape.OrOff shape, ConfigNode node, Rules rules) {
        if (node instanceof ConfigNode.Scalar scalar && scalar.text().equals("off")) {
            return Optional.of(new Bound(Optional.empty(), new Effective.Value("off", node.origin())));
        }
        if (node instanceof ConfigNode.Empty) {
            problems.error(node, "has no value; write off to switch it off");
            return Optional.empty();
        }
        return bind(shape.value(), node, rules.orOff())
                .map(bound -> new Bound(Optional.of(bound.value()), bound.effective()));
    }

    private Optional<Bound> many(Shape.Many shape, ConfigNode node, Rules rules) {
        List<ConfigNode> items;
        if (node instanceof ConfigNode.Sequence sequence) {
            items = sequence.items();
        } else if (node instanceof ConfigNode.Scalar scalar && shape.element().scalar()) {
            items = CommaList.split(scalar);
        } else {
            problems.error(
                    node, node instanceof ConfigNode.Empty ? "has no value; write [] for none" : "must be a list");
            return Optional.empty();
        }
        if (items.isEmpty() && rules.filled() && !(node.origin() instanceof Origin.Standard)) {
            problems.error(node, "needs at least one element");
        }
        List<Object> values = new ArrayList<>();
        List<Effective> effective = new ArrayList<>();
        for (ConfigNode item : items) {
            bind(shape.element(), item, rules.element()).ifPresent(bound -> {
                values.add(bound.value());
                effective.add(bound.effective());
            });
        }
        return Optional.of(new Bound(List.copyOf(values), new Effective.Items(effective)));
    }

    private Optional<Bound> keyed(Shape.Keyed shape, ConfigNode node) {
        Map<Object, Object> values = new LinkedHashMap<>();
        Map<String, Effective> effective = new LinkedHashMap<>();
        if (!(node instanceof ConfigNode.Mapping mapping)) {
            if (!(node instanceof ConfigNode.Empty)) {
                problems.error(node, "must be a mapping of names to values");
            }
            return node instanceof ConfigNode.Empty
                    ? Optional.of(new Bound(values, new Effective.Section(effective)))
                    : Optional.empty();
        }
        for (ConfigNode.Entry entry : mapping.entries()) {
            keyedEntry(shape, entry, values, effective);
        }
        return Optional.of(new Bound(values, new Effective.Section(effective)));
    }

    private void keyedEntry(
            Shape.Keyed shape, ConfigNode.Entry entry, Map<Object, Object> values, Map<String, Effective> effective) {
        String path = entry.value().path();
        ConfigNode name = new ConfigNode.Scalar(path, entry.origin(), entry.key(), false, false);
        Optional<Bound> key = scalars.bind(shape.key(), name, Rules.NONE);
        if (SecretMask.sensitive(entry.key())) {
            problems.hide(entry.value());
        }
        Optional<Bound> value = bind(shape.value(), entry.value(), Rules.NONE);
        if (key.isEmpty() || value.isEmpty()) {
            return;
        }
        if (values.put(key.get().value(), value.get().value()) != null) {
            problems.error(entry.origin(), path, "this name is already there; upper and lower case are the same");
        }
        Effective shown = SecretMask.sensitive(entry.key())
                ? new Effective.Value(Secret.MASK, entry.value().origin())
                : value.get().effective();
        effective.put(shape.key().show(key.get().value()), shown);
    }
}
