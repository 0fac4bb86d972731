// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.lang.reflect.Type;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The scalars a binder knows; another room adds the types of its own records with {@link #with}. Immutable. */
public final class ScalarTypes {
    /** Text may look like a number or a boolean. */
    private static final List<String> ANY = List.of("string", "number", "boolean");

    static final Map<String, Object> TEXT = Map.of("type", ANY, "minLength", 1);

    private static final ScalarTypes STANDARD = new ScalarTypes(standardTypes());

    private final List<ScalarType<?>> types;

    private ScalarTypes(List<ScalarType<?>> types) {
        this.types = List.copyOf(types);
    }

    /** Everything our own sections use: text, numbers, booleans, durations, sizes, secrets and the rest. */
    public static ScalarTypes standard() {
        return STANDARD;
    }

    /** These and one more; the newest wins where a type is known already. */
    public ScalarTypes with(ScalarType<?> added) {
        List<ScalarType<?>> more = new ArrayList<>();
        more.add(added);
        more.addAll(types);
        return new ScalarTypes(more);
    }

    Optional<ScalarType<?>> find(Type wanted) {
        if (wanted instanceof Class<?> words && words.isEnum()) {
            return Optional.of(Words.of(words));
        }
        return types.stream()
                .filter(known -> known.type().equals(Primitives.boxed(wanted)))
                .findFirst();
    }

    private static List<ScalarType<?>> standardTypes() {
        List<ScalarType<?>> types = new ArrayList<>();
        types.add(text(String.class, "text", Function.identity()));
        types.add(text(Glob.class, "pattern", Glob::new));
        types.add(new ScalarType<>(Secret.class, "secret", TEXT, ScalarTypes::secret, secret -> Secret.MASK, true));
        types.add(bare(Integer.class, "integer", "whole number", text -> Math.toIntExact(Numbers.whole(text))));
        types.add(bare(Long.class, "integer", "whole number", Numbers::whole));
        types.add(bare(Double.class, "number", "number", Numbers::decimal));
        types.add(bare(Boolean.class, "boolean", "true or false", Numbers::truth));
        types.add(new ScalarType<>(
                Duration.class, "duration", pattern(Durations.PATTERN), Durations::parse, Durations::render, false));
        types.add(ScalarType.of(ByteSize.class, "size", ByteSize.PATTERN, ByteSize::parse));
        types.add(ScalarType.of(Percent.class, "percentage", Percent.PATTERN, Percent::parse));
        types.add(ScalarType.of(HostPort.class, "host:port", HostPort.PATTERN, HostPort::parse));
        types.add(ScalarType.of(Cidr.class, "network", Cidr.PATTERN, Cidr::parse));
        types.add(new ScalarType<>(
                HeaderName.class,
                "header name",
                Map.of("type", ANY, "pattern", "^" + HeaderName.TOKEN + "$"),
                HeaderName::new,
                String::valueOf,
                false));
        types.add(ScalarType.of(PathPattern.class, "path", "/[^*]*\\*?", PathPattern::new));
        types.add(ScalarType.of(URI.class, "URL", Urls.PATTERN, Urls::parse));
        types.add(new ScalarType<>(Path.class, "file", TEXT, text -> Path.of(present(text)), Path::toString, false));
        types.add(new ScalarType<>(
                StatusRange.class,
                "status or range",
                numeric(StatusRange.PATTERN, 100),
                StatusRange::parse,
                String::valueOf,
                false));
        types.add(new ScalarType<>(
                RetryCondition.class,
                "condition",
                numeric(RetryCondition.PATTERN, 400),
                RetryCondition::parse,
                String::valueOf,
                false));
        return types;
    }

    private static <T> ScalarType<T> text(Class<T> type, String label, Function<String, T> parse) {
        return new ScalarType<>(type, label, TEXT, text -> parse.apply(present(text)), String::valueOf, false);
    }

    private static <T> ScalarType<T> bare(Class<T> type, String json, String label, Function<String, T> parse) {
        return new ScalarType<>(type, label, Map.of("type", json), parse, String::valueOf, false);
    }

    private static Map<String, Object> pattern(String pattern) {
        return Map.of("type", "string", "pattern", "^(" + pattern + ")$");
    }

    /** Statuses are numbers in JSON, their ranges and classes are text. */
    private static Map<String, Object> numeric(String pattern, int from) {
        return Map.of("anyOf", List.of(pattern(pattern), Map.of("type", "integer", "minimum", from, "maximum", 599)));
    }

    private static Secret secret(String text) {
        return Secret.of(present(text));
    }

    private static String present(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("must not be empty");
        }
        return text;
    }
}
