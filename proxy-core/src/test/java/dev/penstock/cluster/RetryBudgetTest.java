// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.config.Percent;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RetryBudgetTest {
    private final FakeTime time = new FakeTime();

    @Test
    void allowsAShareOfTheRequests() {
        RetryBudget budget = budget(20);
        request(budget, 100);

        assertThat(retries(budget)).isEqualTo(20);
    }

    @Test
    void allowsAFewWhereThereAreHardlyAnyRequests() {
        RetryBudget budget = budget(20);
        request(budget, 1);

        assertThat(retries(budget)).isEqualTo(3);
    }

    @Test
    void noShareMeansNoRetries() {
        RetryBudget budget = budget(0);
        request(budget, 100);

        assertThat(retries(budget)).isZero();
    }

    @Test
    void countsTheLastTenSecondsOnly() {
        RetryBudget budget = budget(10);
        request(budget, 100);
        assertThat(retries(budget)).isEqualTo(10);
        time.advance(Duration.ofSeconds(5));
        request(budget, 50);
        assertThat(retries(budget)).isEqualTo(5);
        time.advance(Duration.ofSeconds(5));
        assertThat(retries(budget)).isZero();
        time.advance(Duration.ofSeconds(100));
        assertThat(retries(budget)).isEqualTo(3);
    }

    @Test
    void aReloadChangesTheShare() {
        RetryBudget budget = budget(10);
        request(budget, 100);
        budget.resize(new Percent(50));

        assertThat(retries(budget)).isEqualTo(50);
    }

    private RetryBudget budget(int percent) {
        return new RetryBudget(new Percent(percent), time::nanos);
    }

    private static void request(RetryBudget budget, int times) {
        for (int i = 0; i < times; i++) {
            budget.requested();
        }
    }

    private static int retries(RetryBudget budget) {
        int granted = 0;
        while (budget.tryRetry()) {
            granted++;
        }
        return granted;
    }
}
