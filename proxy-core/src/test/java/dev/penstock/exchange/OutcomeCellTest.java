// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OutcomeCellTest {
    @Test
    void keepsTheFirstOutcome() {
        var cell = new OutcomeCell();

        assertThat(cell.get()).isEmpty();
        assertThat(cell.settle(Outcome.IDLE_TIMEOUT)).isTrue();
        assertThat(cell.settle(Outcome.COMPLETED)).isFalse();
        assertThat(cell.settle(Outcome.IDLE_TIMEOUT)).isFalse();
        assertThat(cell.get()).hasValue(Outcome.IDLE_TIMEOUT);
    }

    @Test
    void letsExactlyOneOfManyDecide() throws InterruptedException {
        for (int round = 0; round < 200; round++) {
            var cell = new OutcomeCell();
            var deciders = new AtomicInteger();
            var start = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            for (Outcome outcome : Outcome.values()) {
                threads.add(Thread.ofVirtual().start(() -> {
                    try {
                        start.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    if (cell.settle(outcome)) {
                        deciders.incrementAndGet();
                    }
                }));
            }
            start.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(deciders).hasValue(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Outcome.class)
    void hasAnEndingForEveryOutcome(Outcome outcome) {
        Ending ending = Failures.of(outcome);

        assertThat(ending.outcome()).isEqualTo(outcome);
        if (ending instanceof Ending.Broken(Outcome ignored, Refusal refusal)) {
            assertThat(refusal.status()).isBetween(400, 599);
            assertThat(refusal.code()).isEqualTo(outcome.word());
            assertThat(refusal.message()).endsWith(".").doesNotContain("Exception");
        }
    }
}
