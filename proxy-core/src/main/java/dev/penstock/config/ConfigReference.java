// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.ArrayList;
import java.util.List;

/** The reference of every key as Markdown, made from the shapes that the binder walks. Confined to one thread. */
public final class ConfigReference {
    private final StringBuilder out = new StringBuilder();

    private ConfigReference() {}

    /** One table for each key of the top level; headings are of the second level. */
    public static String markdown() {
        ConfigReference reference = new ConfigReference();
        Shape.Section root = new Shapes(ScalarTypes.standard()).section(PenstockConfig.class);
        root.fields().forEach(reference::chapter);
        return reference.out.toString();
    }

    private void chapter(Shape.Field field) {
        out.append("## `").append(field.key()).append("`\n\n");
        out.append(field.doc().map(Doc::value).orElse("")).append("\n\n");
        out.append("| Key | Type | Default | Meaning | Example |\n|---|---|---|---|---|\n");
        List<String> below = new ArrayList<>();
        inside(field.shape(), field.key(), below);
        if (below.isEmpty() || field.standard().isPresent()) {
            row(field.key(), field);
        }
        below.forEach(out::append);
        out.append('\n');
    }

    private void row(String path, Shape.Field field) {
        out.append(line(path, field));
    }

    private static String line(String path, Shape.Field field) {
        String otherwise = field.required() ? "required" : "";
        String standard = field.derived()
                .or(() -> field.standard().map(ConfigReference::code))
                .orElse(otherwise);
        String example = field.doc()
                .map(Doc::example)
                .filter(text -> !text.isEmpty())
                .map(ConfigReference::code)
                .orElse("");
        String meaning = field.doc().map(Doc::value).orElse("");
        return "| `" + path + "` | " + cell(type(field.shape())) + " | " + standard + " | " + cell(meaning) + " | "
                + example + " |\n";
    }

    /** Rows of everything below a place. */
    private static void inside(Shape shape, String path, List<String> rows) {
        switch (shape) {
            case Shape.Section section ->
                section.fields().forEach(field -> field(path + "." + field.key(), field, rows));
            case Shape.Many many -> inside(many.element(), path + "[]", rows);
            case Shape.OrOff off -> inside(off.value(), path, rows);
            case Shape.OneOf choice -> choice.cases().forEach(one -> oneCase(path + "." + one.word(), one, rows));
            case Shape.Keyed keyed -> inside(keyed.value(), path + ".NAME", rows);
            case Shape.One one -> {}
            case Shape.Raw raw -> {}
        }
    }

    private static void oneCase(String path, Shape.Case one, List<String> rows) {
        if (one.inline()) {
            field(path, one.section().fields().getFirst(), rows);
        } else {
            inside(one.section(), path, rows);
        }
    }

    private static void field(String path, Shape.Field field, List<String> rows) {
        rows.add(line(path, field));
        boolean repeated = field.shape() instanceof Shape.Section section && section.type() == StreamConfig.class;
        if (!repeated) {
            inside(field.shape(), path, rows);
        }
    }

    private static String type(Shape shape) {
        return switch (shape) {
            case Shape.One one -> words(one.type());
            case Shape.OrOff off -> type(off.value()) + ", or `off`";
            case Shape.Many many -> "list of " + type(many.element());
            case Shape.Keyed keyed -> "map of " + keyed.key().label() + " to " + type(keyed.value());
            case Shape.Section section ->
                section.shorthand().map(key -> "section, or its `" + key + "`").orElse("section");
            case Shape.OneOf choice ->
                Words.choice(choice.cases().stream()
                        .map(one -> code(ChoiceBinding.form(one)))
                        .toList());
            case Shape.Raw raw -> "anything";
        };
    }

    private static String words(ScalarType<?> type) {
        return type.schema().get("enum") instanceof List<?> words
                ? Words.choice(words.stream().map(word -> code(word.toString())).toList())
                : type.label();
    }

    private static String code(String text) {
        return "`" + text.replace("|", "\\|") + "`";
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
