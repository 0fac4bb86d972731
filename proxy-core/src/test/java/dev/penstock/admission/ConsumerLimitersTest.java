// SPDX-License-Identifier: Apache-2.0
package dev.penstock.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

final class ConsumerLimitersTest {
    private final ConsumerLimiters consumers = new ConsumerLimiters(Optional.of(2), new FakeNanoTime());

    @Test
    void eachConsumerHasItsOwnCap() {
        assertThat(consumers.tryAcquire("a")).isPresent();
        assertThat(consumers.tryAcquire("a")).isPresent();
        assertThat(consumers.tryAcquire("a")).isEmpty();
        assertThat(consumers.tryAcquire("b")).isPresent();
        assertThat(consumers.inUse("a")).isEqualTo(2);
    }

    @Test
    void aHundredThousandConsumersLeaveNothingBehind() {
        List<StreamPermit> permits = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            permits.add(consumers.tryAcquire("consumer-" + i).orElseThrow());
        }
        assertThat(consumers.size()).isEqualTo(100_000);

        permits.forEach(StreamPermit::close);

        assertThat(consumers.size()).isZero();
        assertThat(consumers.inUse("consumer-7")).isZero();
    }

    @Test
    void aRefusalOfAnUnknownConsumerLeavesNothingBehind() {
        consumers.resize(Optional.of(0));

        assertThat(consumers.tryAcquire("a")).isEmpty();
        assertThat(consumers.size()).isZero();
    }

    @Test
    void aChangedCapIsFeltByTheNextRequest() {
        StreamPermit first = consumers.tryAcquire("a").orElseThrow();
        consumers.resize(Optional.of(1));
        assertThat(consumers.tryAcquire("a")).isEmpty();
        consumers.resize(Optional.empty());
        assertThat(consumers.tryAcquire("a")).isPresent();
        first.close();
        assertThat(consumers.inUse("a")).isEqualTo(1);
    }

    @Test
    void forgettingNeverRacesAnAcquisitionPastTheCap() {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger highest = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20_000; i++) {
                threads.execute(() -> {
                    Optional<StreamPermit> permit = consumers.tryAcquire("one");
                    if (permit.isPresent()) {
                        highest.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        LockSupport.parkNanos(1000);
                        inside.decrementAndGet();
                        permit.get().close();
                    }
                });
            }
        }

        assertThat(highest.get()).isBetween(1, 2);
        assertThat(consumers.size()).isZero();
    }
}
