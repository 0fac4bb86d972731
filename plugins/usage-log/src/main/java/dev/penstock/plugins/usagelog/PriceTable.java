// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.usagelog;

import dev.penstock.plugins.parts.ModelPattern;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What tokens cost, by model.
 *
 * <p>Immutable.
 */
final class PriceTable {
    private static final double MILLION = 1e6;

    private final List<Entry> entries;

    private record Entry(ModelPattern model, UsageLogConfig.Price price) {
        int looseness() {
            return model.exact() ? Integer.MIN_VALUE : -model.fixed();
        }
    }

    PriceTable(Map<String, UsageLogConfig.Price> prices) {
        this.entries = prices.entrySet().stream()
                .map(entry -> new Entry(new ModelPattern(entry.getKey()), entry.getValue()))
                .sorted(Comparator.comparingInt(Entry::looseness).thenComparing(entry -> entry.model.text()))
                .toList();
    }

    /** Nothing if no price is known for the model. */
    Optional<Double> cost(String model, long inputTokens, long outputTokens) {
        return entries.stream()
                .filter(entry -> entry.model.matches(model))
                .findFirst()
                .map(entry -> (inputTokens * entry.price.input() + outputTokens * entry.price.output()) / MILLION);
    }
}
