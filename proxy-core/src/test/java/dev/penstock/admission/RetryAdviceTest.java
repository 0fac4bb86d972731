// SPDX-License-Identifier: Apache-2.0
package dev.penstock.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

final class RetryAdviceTest {
    private final FakeNanoTime time = new FakeNanoTime();

    @Test
    void staysBetweenASecondAndAMinute() {
        RetryAdvice advice = new RetryAdvice(() -> 0);

        assertThat(advice.after(0.001)).isEqualTo(Duration.ofSeconds(1));
        assertThat(advice.after(7.5)).isEqualTo(Duration.ofMillis(7500));
        assertThat(advice.after(1e9)).isEqualTo(Duration.ofSeconds(60));
        assertThat(advice.after(Duration.ofSeconds(3))).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void spreadsThoseWhoAreRefusedTogether() {
        assertThat(new RetryAdvice(() -> 1).after(4)).isEqualTo(Duration.ofSeconds(5));
        assertThat(new RetryAdvice(() -> 0.5).after(4)).isEqualTo(Duration.ofMillis(4500));
    }

    @Test
    void expectsThePaceOfTheLastReleases() {
        StreamLimiter limiter = new StreamLimiter(LimiterScope.WORKER, "w", Optional.empty(), time);
        StreamPermit forever = limiter.tryAcquire().orElseThrow();
        releaseEvery(Duration.ofSeconds(2), limiter, 60);

        assertThat(limiter.secondsUntilReleased(1)).isCloseTo(2, Percentage.withPercentage(10));
        assertThat(limiter.secondsUntilReleased(3)).isCloseTo(6, Percentage.withPercentage(10));
        forever.close();
    }

    @Test
    void anIdleNightDoesNotSlowThePace() {
        StreamLimiter limiter = new StreamLimiter(LimiterScope.WORKER, "w", Optional.empty(), time);
        releaseEvery(Duration.ofSeconds(1), limiter, 100);
        time.advance(Duration.ofHours(9));
        releaseEvery(Duration.ofSeconds(1), limiter, 1);

        assertThat(limiter.secondsUntilReleased(1)).isCloseTo(1, Percentage.withPercentage(10));
    }

    @Test
    void withoutAnyReleaseItExpectsWhatWasWaitedInVain() {
        StreamLimiter limiter = new StreamLimiter(LimiterScope.WORKER, "w", Optional.of(1), time);
        time.advance(Duration.ofDays(1));
        assertThat(limiter.tryAcquire()).isPresent();
        time.advance(Duration.ofSeconds(4));

        assertThat(limiter.secondsUntilReleased(1)).isBetween(3.0, 4.0);
    }

    private void releaseEvery(Duration interval, StreamLimiter limiter, int times) {
        for (int i = 0; i < times; i++) {
            StreamPermit permit = limiter.tryAcquire().orElseThrow();
            time.advance(interval);
            permit.close();
        }
    }
}
