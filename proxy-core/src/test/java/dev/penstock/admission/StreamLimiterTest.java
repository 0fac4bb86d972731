// SPDX-License-Identifier: Apache-2.0
package dev.penstock.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

final class StreamLimiterTest {
    private final FakeNanoTime time = new FakeNanoTime();

    @Test
    void handsOutNoMoreThanItsLimit() {
        StreamLimiter limiter = limiter(Optional.of(2));

        assertThat(limiter.tryAcquire()).isPresent();
        assertThat(limiter.tryAcquire()).isPresent();
        assertThat(limiter.tryAcquire()).isEmpty();
        assertThat(limiter.inUse()).isEqualTo(2);
        assertThat(limiter.available()).isZero();
        assertThat(limiter).hasToString("worker w: 2 of 2");
    }

    @Test
    void aPermitClosedTwiceComesBackOnce() {
        StreamLimiter limiter = limiter(Optional.of(1));
        StreamPermit permit = limiter.tryAcquire().orElseThrow();

        permit.close();
        permit.close();

        assertThat(limiter.available()).isEqualTo(1);
        assertThat(limiter.inUse()).isZero();
    }

    @Test
    void racingClosesReturnAPermitOnce() throws Exception {
        StreamLimiter limiter = limiter(Optional.of(1));
        int closers = 4;
        CyclicBarrier together = new CyclicBarrier(closers);
        for (int round = 0; round < 500; round++) {
            StreamPermit permit = limiter.tryAcquire().orElseThrow();
            List<Future<?>> futures = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int closer = 0; closer < closers; closer++) {
                    futures.add(threads.submit(() -> {
                        together.await();
                        permit.close();
                        return true;
                    }));
                }
            }
            for (Future<?> future : futures) {
                future.get();
            }
            assertThat(limiter.available()).isEqualTo(1);
        }
    }

    @Test
    void shrinkingBelowUseCutsNobodyAndAdmitsNobodyUntilEnoughReturned() {
        StreamLimiter limiter = limiter(Optional.of(4));
        List<StreamPermit> permits = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            permits.add(limiter.tryAcquire().orElseThrow());
        }

        limiter.resize(Optional.of(2));

        assertThat(limiter.inUse()).isEqualTo(4);
        assertThat(limiter.available()).isZero();
        permits.get(0).close();
        permits.get(1).close();
        assertThat(limiter.tryAcquire()).isEmpty();
        permits.get(2).close();
        assertThat(limiter.tryAcquire()).isPresent();
        assertThat(limiter.inUse()).isEqualTo(2);
    }

    @Test
    void growingAdmitsAtOnceAndTellsWhoeverWaits() {
        StreamLimiter limiter = limiter(Optional.of(0));
        AtomicInteger told = new AtomicInteger();
        limiter.whenRoom(told::incrementAndGet);
        assertThat(limiter.tryAcquire()).isEmpty();

        limiter.resize(Optional.of(1));

        assertThat(told).hasValue(1);
        assertThat(limiter.tryAcquire()).isPresent();
    }

    @Test
    void withoutALimitItStillCountsAndCanBeLimitedLater() {
        StreamLimiter limiter = limiter(Optional.empty());
        List<StreamPermit> permits = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            permits.add(limiter.tryAcquire().orElseThrow());
        }
        assertThat(limiter.limit()).isEmpty();
        assertThat(limiter.inUse()).isEqualTo(1000);

        limiter.resize(Optional.of(10));
        assertThat(limiter.inUse()).isEqualTo(1000);
        assertThat(limiter.tryAcquire()).isEmpty();
        limiter.resize(Optional.empty());
        assertThat(limiter.tryAcquire()).isPresent();

        permits.forEach(StreamPermit::close);
        assertThat(limiter.inUse()).isEqualTo(1);
    }

    @Test
    void refusesANegativeLimit() {
        assertThatThrownBy(() -> limiter(Optional.of(-1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyPermitComesHomeWhileTheLimitChanges() throws Exception {
        long seed = System.nanoTime();
        System.out.println("StreamLimiterTest seed " + seed);
        StreamLimiter limiter = limiter(Optional.of(8));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 3000; i++) {
                Random random = new Random(seed + i);
                threads.execute(() -> act(limiter, random));
            }
        }
        limiter.resize(Optional.of(5));

        assertThat(limiter.inUse()).isZero();
        assertThat(limiter.available()).isEqualTo(5);
    }

    private static void act(StreamLimiter limiter, Random random) {
        if (random.nextInt(10) == 0) {
            limiter.resize(random.nextInt(5) == 0 ? Optional.empty() : Optional.of(random.nextInt(16)));
            return;
        }
        Optional<StreamPermit> permit = limiter.tryAcquire();
        LockSupport.parkNanos(1000);
        permit.ifPresent(StreamPermit::close);
        permit.ifPresent(StreamPermit::close);
    }

    private StreamLimiter limiter(Optional<Integer> limit) {
        return new StreamLimiter(LimiterScope.WORKER, "w", limit, time);
    }
}
