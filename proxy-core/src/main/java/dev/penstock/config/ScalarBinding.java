// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.time.Duration;
import java.util.Optional;

/** Turns one scalar into one value, and says precisely why it cannot. Confined to the thread that loads. */
final class ScalarBinding {
    private static final int LONGEST_ECHO = 40;

    private final ConfigProblems problems;

    ScalarBinding(ConfigProblems problems) {
        this.problems = problems;
    }

    Optional<Bound> bind(ScalarType<?> type, ConfigNode node, Rules rules) {
        if (!(node instanceof ConfigNode.Scalar scalar)) {
            problems.error(node, wrongKind(node));
            return Optional.empty();
        }
        if (type.secret()) {
            guard(scalar);
        }
        try {
            Object value = parse(type, scalar);
            checkRange(value, rules);
            return Optional.of(new Bound(value, new Effective.Value(shown(type, value), scalar.origin())));
        } catch (IllegalArgumentException refused) {
            problems.error(scalar, explain(String.valueOf(refused.getMessage()), type, scalar, rules));
        } catch (ArithmeticException overflow) {
            problems.error(scalar, explain("is too large", type, scalar, Rules.NONE));
        }
        return Optional.empty();
    }

    static String wrongKind(ConfigNode node) {
        return switch (node) {
            case ConfigNode.Mapping mapping -> "must be one value, not a mapping";
            case ConfigNode.Sequence sequence -> "must be one value, not a list";
            default -> "has no value";
        };
    }

    private void guard(ConfigNode.Scalar scalar) {
        problems.hide(scalar);
        if (!scalar.expanded() && scalar.origin() instanceof Origin.InFile) {
            problems.warning(
                    scalar.origin(), scalar.path(), "a secret stands in the file; use ${VAR} or ${file:path} instead");
        }
    }

    private static Object parse(ScalarType<?> type, ConfigNode.Scalar scalar) {
        if (type.bare() && scalar.quoted() && !scalar.expanded()) {
            throw new IllegalArgumentException("must be a " + type.label() + " without quotes");
        }
        return type.parse().apply(scalar.text());
    }

    private static Object shown(ScalarType<?> type, Object value) {
        return type.bare() ? value : type.show(value);
    }

    private static void checkRange(Object value, Rules rules) {
        switch (value) {
            case Integer number -> checkNumber(number, rules);
            case Long number -> checkNumber(number, rules);
            case Duration duration when duration.isZero() -> checkZero(rules);
            case ByteSize size when size.bytes() == 0 -> checkZero(rules);
            default -> {}
        }
    }

    private static void checkNumber(long number, Rules rules) {
        if (number < rules.min()) {
            throw new IllegalArgumentException("must be at least " + rules.min());
        }
        if (number > rules.max()) {
            throw new IllegalArgumentException("must be at most " + rules.max());
        }
    }

    private static void checkZero(Rules rules) {
        if (rules.min() > 0) {
            throw new IllegalArgumentException("must be more than zero");
        }
    }

    /** {@code must be this or that, or off (found "x"); did you mean "y"?}. */
    private static String explain(String message, ScalarType<?> type, ConfigNode.Scalar scalar, Rules rules) {
        int hint = message.indexOf(';');
        String head = hint < 0 ? message : message.substring(0, hint);
        String tail = hint < 0 ? "" : message.substring(hint);
        String off = rules.off() ? (head.contains(",") || head.contains(" or ") ? ", or off" : " or off") : "";
        boolean silent = type.secret() || head.contains("credentials");
        return head + off + (silent ? "" : found(scalar)) + tail;
    }

    static String found(ConfigNode.Scalar scalar) {
        String text = scalar.text();
        if (text.isEmpty()) {
            return " (found nothing)";
        }
        if (scalar.expanded() && !(scalar.origin() instanceof Origin.Outside)) {
            return " (the value of the variable is not shown)";
        }
        return " (found \"" + (text.length() > LONGEST_ECHO ? text.substring(0, LONGEST_ECHO) + "..." : text) + "\")";
    }
}
