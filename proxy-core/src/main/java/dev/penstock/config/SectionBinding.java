// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Binds a mapping to a record: every key known, every component filled. Confined to the thread that loads. */
final class SectionBinding {
    private final Binding binding;
    private final UnknownKeys unknownKeys;
    private final ConfigProblems problems;

    SectionBinding(Binding binding, Shape.Section root, ConfigProblems problems) {
        this.binding = binding;
        this.unknownKeys = new UnknownKeys(root, problems);
        this.problems = problems;
    }

    Optional<Bound> bind(Shape.Section shape, ConfigNode node) {
        return switch (node) {
            case ConfigNode.Mapping mapping -> fields(shape, mapping);
            case ConfigNode.Empty empty -> fields(shape, new ConfigNode.Mapping(node.path(), node.origin(), List.of()));
            case ConfigNode.Scalar scalar
            when shape.shorthand().isPresent() ->
                fields(shape, Shorthands.unfold(scalar, shape.shorthand().get()));
            case ConfigNode.Broken broken -> Optional.empty();
            case ConfigNode.Scalar scalar ->
                wrongKind(shape, node, Sensitivity.of(shape) ? "" : ScalarBinding.found(scalar));
            case ConfigNode.Sequence sequence -> wrongKind(shape, node, ", not a list");
        };
    }

    private Optional<Bound> wrongKind(Shape.Section shape, ConfigNode node, String found) {
        if (Sensitivity.of(shape)) {
            problems.hide(node);
        }
        problems.error(node, "must be a mapping with keys such as " + Words.choice(few(shape.keys())) + found);
        return Optional.empty();
    }

    private static List<String> few(List<String> keys) {
        return keys.subList(0, Math.min(3, keys.size()));
    }

    private Optional<Bound> fields(Shape.Section shape, ConfigNode.Mapping mapping) {
        unknownKeys.report(shape, mapping);
        @Nullable Object[] values = new @Nullable Object[shape.fields().size()];
        Map<String, Effective> effective = new LinkedHashMap<>();
        boolean complete = true;
        boolean sound = true;
        for (int i = 0; i < values.length; i++) {
            Shape.Field field = shape.fields().get(i);
            Optional<ConfigNode> written = written(field, mapping);
            Optional<Bound> bound = written.flatMap(node -> binding.bind(field.shape(), node, Rules.of(field)));
            sound &= written.isPresent() == bound.isPresent();
            if (bound.isEmpty() && shape.documented()) {
                bound = absent(field, mapping, written.isPresent());
            }
            complete &= bound.isPresent() || !shape.documented();
            values[i] = bound.isPresent() ? bound.get().value() : foreign(field);
            bound.filter(some -> shows(field, some, written.isPresent()))
                    .ifPresent(some -> effective.put(field.key(), some.effective()));
        }
        if (!complete) {
            return Optional.empty();
        }
        return new Construction(problems)
                .construct(shape, mapping, values, sound)
                .map(made -> new Bound(made, new Effective.Section(effective)));
    }

    /** What a plugin's record gets for an absent component. */
    private static @Nullable Object foreign(Shape.Field field) {
        return field.shape() instanceof Shape.OrOff ? Optional.empty() : null;
    }

    /** An absent list, map or option without a default is not worth a line, nor is a section of nothing else. */
    private static boolean shows(Shape.Field field, Bound bound, boolean written) {
        boolean section =
                field.shape() instanceof Shape.Section && !bound.effective().equals(new Effective.Section(Map.of()));
        return written || field.standard().isPresent() || section;
    }

    /** The node of a field; a variable that turned out empty counts as nothing written, except for a list. */
    private Optional<ConfigNode> written(Shape.Field field, ConfigNode.Mapping mapping) {
        Optional<ConfigNode> plain = mapping.entry(field.key()).map(ConfigNode.Entry::value);
        Optional<ConfigNode.Entry> singular = field.singular().flatMap(mapping::entry);
        if (singular.isPresent()) {
            if (plain.isPresent()) {
                problems.error(
                        singular.get().origin(),
                        singular.get().value().path(),
                        "write either " + singular.get().key() + " or " + field.key() + ", not both");
            }
            ConfigNode one = singular.get().value();
            return one instanceof ConfigNode.Broken
                    ? Optional.of(one)
                    : Optional.of(new ConfigNode.Sequence(one.path(), one.origin(), List.of(one)));
        }
        return plain.filter(node -> field.shape() instanceof Shape.Many || !Nodes.blank(node));
    }

    /** The default of a field; a missing value without one is reported unless its own problem already was. */
    private Optional<Bound> absent(Shape.Field field, ConfigNode.Mapping mapping, boolean reported) {
        String path = mapping.path().isEmpty() ? field.key() : mapping.path() + "." + field.key();
        Origin origin = new Origin.Standard();
        if (field.standard().isPresent()) {
            ConfigNode standard =
                    new ConfigNode.Scalar(path, origin, field.standard().get(), false, true);
            return binding.bind(field.shape(), standard, Rules.of(field));
        }
        if (field.required() && !(mapping.origin() instanceof Origin.Standard)) {
            if (!reported) {
                problems.error(mapping.origin(), path, required(field));
            }
            return field.shape() instanceof Shape.Many ? Optional.of(nothing()) : Optional.empty();
        }
        return switch (field.shape()) {
            case Shape.OrOff off -> Optional.of(new Bound(Optional.empty(), new Effective.Value("off", origin)));
            case Shape.Many many -> Optional.of(nothing());
            case Shape.Keyed keyed -> Optional.of(new Bound(Map.of(), new Effective.Section(Map.of())));
            case Shape.Section section -> bind(section, new ConfigNode.Empty(path, origin));
            case Shape.Raw raw ->
                Optional.of(new Bound(new ConfigNode.Empty(path, mapping.origin()), new Effective.Section(Map.of())));
            case Shape.One one -> Optional.empty();
            case Shape.OneOf choice -> Optional.empty();
        };
    }

    private static Bound nothing() {
        return new Bound(List.of(), new Effective.Items(List.of()));
    }

    private static String required(Shape.Field field) {
        String example = field.doc().map(Doc::example).orElse("");
        if (!example.isEmpty() && !example.contains("{")) {
            return "is required, for example " + field.key() + ": " + example;
        }
        if (field.singular().isPresent()) {
            return "is required, for example " + field.singular().get() + ": NAME";
        }
        String meaning = field.doc().map(Doc::value).orElse("").replaceFirst("\\.$", "");
        return meaning.isEmpty()
                ? "is required"
                : "is required: " + meaning.substring(0, 1).toLowerCase(Locale.ROOT) + meaning.substring(1);
    }
}
