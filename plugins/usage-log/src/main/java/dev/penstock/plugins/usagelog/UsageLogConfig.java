// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.usagelog;

import static java.util.Objects.requireNonNullElse;

import dev.penstock.plugins.parts.ModelPattern;
import java.nio.file.Path;
import java.util.Map;

/**
 * The plugin's section. Immutable.
 *
 * @param file where the lines go; in the plugin's own directory unless it is absolute
 * @param maxSize how many bytes a file may have before it is put aside
 * @param keep how many files that were put aside are kept
 * @param currency of the prices
 * @param prices by model pattern, of which the one that fixes most of the name counts
 */
public record UsageLogConfig(Path file, Long maxSize, Integer keep, String currency, Map<String, Price> prices) {
    public UsageLogConfig {
        file = requireNonNullElse(file, Path.of("usage.jsonl"));
        maxSize = requireNonNullElse(maxSize, 100L << 20);
        if (maxSize < 1024) {
            throw new IllegalArgumentException("max_size must be at least 1 KiB");
        }
        keep = requireNonNullElse(keep, 5);
        if (keep < 0 || keep > 1000) {
            throw new IllegalArgumentException("keep must be 0 to 1000");
        }
        currency = requireNonNullElse(currency, "USD");
        prices = Map.copyOf(requireNonNullElse(prices, Map.of()));
        prices.keySet().forEach(UsageLogConfig::check);
    }

    /**
     * What a model costs.
     *
     * @param input per million tokens of the prompt
     * @param output per million tokens of the answer
     */
    public record Price(Double input, Double output) {
        public Price {
            input = checked("input", requireNonNullElse(input, 0.0));
            output = checked("output", requireNonNullElse(output, 0.0));
        }

        private static double checked(String key, double value) {
            if (!(value >= 0) || !Double.isFinite(value)) {
                throw new IllegalArgumentException(key + " must not be negative");
            }
            return value;
        }
    }

    private static void check(String pattern) {
        try {
            new ModelPattern(pattern);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("prices: " + e.getMessage(), e);
        }
    }
}
