// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.keyauth;

import dev.penstock.plugins.parts.ModelPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Everybody who may call, by key.
 *
 * <p>Immutable.
 */
final class Consumers {
    private final List<Entry> entries;

    /** A consumer with what it may ask for. */
    record Known(String name, List<ModelPattern> models) {
        boolean may(String model) {
            return models.stream().anyMatch(pattern -> pattern.matches(model));
        }
    }

    private record Entry(KeyHash key, Known consumer) {}

    Consumers(KeyAuthConfig config) {
        List<Entry> all = new ArrayList<>();
        for (KeyAuthConfig.Consumer consumer : config.consumers()) {
            Known known = new Known(
                    consumer.name(),
                    consumer.models().stream().map(ModelPattern::new).toList());
            consumer.keys().forEach(key -> all.add(new Entry(KeyHash.parse(key.reveal()), known)));
        }
        this.entries = List.copyOf(all);
    }

    /** Whose key that is. It is compared with every one, whether it was found or not, so that time tells nothing. */
    Optional<Known> of(String key) {
        KeyHash presented = KeyHash.of(key);
        Optional<Known> found = Optional.empty();
        for (Entry entry : entries) {
            if (entry.key.matches(presented)) {
                found = Optional.of(entry.consumer);
            }
        }
        return found;
    }
}
