// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.latencytracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.plugins.latencytracker.Trend.Change;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TrendTest {
    private final Trend trend = new Trend(new LatencyTrackerConfig(1.5, 20, 5, 10));

    @Test
    void saysOnceThatItBecameSlowerAndOnceThatItRecovered() {
        add(100, 0.1);

        assertThat(changes(50, 0.3)).containsExactly(Change.REGRESSED);
        assertThat(changes(50, 0.1)).containsExactly(Change.RECOVERED);
    }

    @Test
    void saysNothingBeforeItKnowsWhatIsUsual() {
        add(5, 0.1);

        assertThat(changes(10, 10)).isEmpty();
    }

    @Test
    void forgivesOneSlowStream() {
        add(100, 0.1);

        assertThat(changes(1, 0.2)).isEmpty();
        assertThat(changes(20, 0.1)).isEmpty();
    }

    @Test
    void ignoresWhatNobodyCanNotice() {
        add(100, 0.0001);

        assertThat(changes(20, 0.001)).isEmpty();
    }

    private void add(int times, double seconds) {
        for (int i = 0; i < times; i++) {
            trend.add(seconds);
        }
    }

    private List<Change> changes(int times, double seconds) {
        return IntStream.range(0, times)
                .mapToObj(i -> trend.add(seconds))
                .filter(change -> change != Change.NONE)
                .toList();
    }
}
