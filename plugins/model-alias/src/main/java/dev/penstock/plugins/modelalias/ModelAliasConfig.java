// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.modelalias;

import static java.util.Objects.requireNonNullElse;

import dev.penstock.plugins.parts.ModelPattern;
import java.util.Map;

/**
 * The plugin's section. Immutable.
 *
 * @param aliases what is routed instead of the model that the client names; a name exactly, or with one {@code *}, which the
 *     target may repeat
 * @param deny models that are refused, with what the client is told
 * @param others what becomes of models without an alias
 */
public record ModelAliasConfig(Map<String, String> aliases, Map<String, String> deny, Others others) {
    public ModelAliasConfig {
        aliases = Map.copyOf(requireNonNullElse(aliases, Map.of()));
        deny = Map.copyOf(requireNonNullElse(deny, Map.of()));
        others = requireNonNullElse(others, Others.PASS);
        aliases.keySet().forEach(pattern -> check("aliases", pattern));
        aliases.forEach(ModelAliasConfig::checkTarget);
        deny.keySet().forEach(pattern -> check("deny", pattern));
    }

    /** For models that have no alias. */
    public enum Others {
        /** They keep their name. */
        PASS,
        /** They are unknown. */
        REFUSE
    }

    private static void check(String key, String pattern) {
        try {
            new ModelPattern(pattern);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
        }
    }

    private static void checkTarget(String pattern, String target) {
        if (target.isBlank() || target.indexOf('*') != target.lastIndexOf('*')) {
            throw new IllegalArgumentException(
                    "aliases: the target of " + pattern + " must be a model, with one * at most");
        }
        if (target.contains("*") && !pattern.contains("*")) {
            throw new IllegalArgumentException("aliases: the target of " + pattern + " has a *, and it has none");
        }
    }
}
