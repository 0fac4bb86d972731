// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.keyauth;

import static java.util.Objects.requireNonNullElse;

import dev.penstock.plugins.parts.ModelPattern;
import dev.penstock.spi.Secret;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The plugin's section. Immutable.
 *
 * @param consumers who may call
 */
public record KeyAuthConfig(List<Consumer> consumers) {
    public KeyAuthConfig {
        consumers = List.copyOf(requireNonNullElse(consumers, List.of()));
        if (consumers.isEmpty()) {
            throw new IllegalArgumentException("consumers must have at least one");
        }
        Set<String> names = new HashSet<>();
        Set<String> keys = new HashSet<>();
        for (Consumer consumer : consumers) {
            if (!names.add(consumer.name())) {
                throw new IllegalArgumentException("consumers has \"" + consumer.name() + "\" twice");
            }
            for (Secret key : consumer.keys()) {
                if (!keys.add(key.reveal())) {
                    throw new IllegalArgumentException(
                            "consumers has a key twice, the second time at \"" + consumer.name() + "\"");
                }
            }
        }
    }

    /**
     * Somebody who may call.
     *
     * @param name the unit of caps, logs and metrics
     * @param keys one, or two while one takes the place of the other; in small letters
     * @param models what the consumer may ask for; every model if absent
     */
    public record Consumer(String name, List<Secret> keys, List<String> models) {
        public Consumer {
            if (requireNonNullElse(name, "").isBlank() || name.length() > 128) {
                throw new IllegalArgumentException("name must have 1 to 128 characters");
            }
            keys = requireNonNullElse(keys, List.<Secret>of()).stream()
                    .map(Consumer::checked)
                    .toList();
            if (keys.isEmpty() || keys.size() > 2) {
                throw new IllegalArgumentException("keys must be one, or two while one takes the place of the other");
            }
            models = List.copyOf(requireNonNullElse(models, List.of("*")));
            models.forEach(Consumer::checkModel);
        }

        private static Secret checked(Secret key) {
            String text = key.reveal().strip();
            try {
                KeyHash.parse(text);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("keys: each " + e.getMessage(), e);
            }
            return Secret.of(text.toLowerCase(Locale.ROOT));
        }

        private static void checkModel(String pattern) {
            try {
                new ModelPattern(pattern);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("models: " + e.getMessage(), e);
            }
        }
    }
}
