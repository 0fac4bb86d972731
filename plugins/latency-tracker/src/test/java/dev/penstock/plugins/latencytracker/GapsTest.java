// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.latencytracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

final class GapsTest {
    @Test
    void isEmptyAtFirst() {
        assertThat(new Gaps().meanSeconds()).isZero();
        assertThat(new Gaps().p99Seconds()).isZero();
    }

    @Test
    void knowsTheMean() {
        Gaps gaps = new Gaps();
        gaps.add(10_000_000);
        gaps.add(30_000_000);

        assertThat(gaps.count()).isEqualTo(2);
        assertThat(gaps.meanSeconds()).isEqualTo(0.02, within(1e-9));
    }

    @Test
    void knowsThePercentileToAnEighth() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            long[] values = random.longs(1 + random.nextInt(500), 0, 1L << (1 + random.nextInt(40)))
                    .toArray();
            Gaps gaps = new Gaps();
            Arrays.stream(values).forEach(gaps::add);
            Arrays.sort(values);
            double exact = values[Math.max(0, (int) Math.ceil(values.length * 0.99) - 1)] / 1e9;

            assertThat(gaps.p99Seconds())
                    .as("seed %s", seed)
                    .isGreaterThanOrEqualTo(exact)
                    .isLessThanOrEqualTo(exact * 1.126 + 2e-9);
        }
    }

    @Test
    void takesTheLongestGapThereIs() {
        Gaps gaps = new Gaps();
        gaps.add(Long.MAX_VALUE);

        assertThat(gaps.p99Seconds()).isCloseTo(Long.MAX_VALUE / 1e9, Percentage.withPercentage(13));
    }
}
