// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.latencytracker;

import static java.util.Objects.requireNonNullElse;

/**
 * The plugin's section. Immutable.
 *
 * @param slowerBy how many times slower than usual a model's last streams must be to count as a regression
 * @param minStreams how many streams of a model make it known what is usual
 * @param recentStreams how many of the last streams are compared with what is usual
 * @param maxModels how many models are told apart; the others are counted as {@code other}
 */
public record LatencyTrackerConfig(Double slowerBy, Integer minStreams, Integer recentStreams, Integer maxModels) {
    public LatencyTrackerConfig {
        slowerBy = requireNonNullElse(slowerBy, 1.5);
        if (!(slowerBy > 1) || slowerBy > 1000) {
            throw new IllegalArgumentException("slower_by must be more than 1 and at most 1000");
        }
        minStreams = within("min_streams", requireNonNullElse(minStreams, 50), 2, 100_000);
        recentStreams = within("recent_streams", requireNonNullElse(recentStreams, 10), 1, 1_000);
        maxModels = within("max_models", requireNonNullElse(maxModels, 100), 1, 200);
    }

    private static int within(String key, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(key + " must be " + least + " to " + most);
        }
        return value;
    }
}
