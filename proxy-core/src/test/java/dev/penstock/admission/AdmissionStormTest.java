// SPDX-License-Identifier: Apache-2.0
package dev.penstock.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.admission.Admission.Admitted;
import dev.penstock.admission.Admission.Cancelled;
import dev.penstock.admission.Admission.Refused;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Thousands of threads that come, wait, leave and time out at random: the caps hold and everything comes home. */
final class AdmissionStormTest {
    private static final int REQUESTS = 6000;

    private final StreamLimiter worker = limiter(LimiterScope.WORKER, 20);
    private final List<StreamLimiter> routes =
            List.of(limiter(LimiterScope.ROUTE, 5), limiter(LimiterScope.ROUTE, 12), limiter(LimiterScope.ROUTE, 30));
    private final ConsumerLimiters consumers = new ConsumerLimiters(Optional.of(100), System::nanoTime);
    private final AdmissionQueue queue =
            new AdmissionQueue(worker, consumers, 400, new RetryAdvice(() -> 0.5), System::nanoTime);
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger highest = new AtomicInteger();
    private final AtomicInteger admitted = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger cancelled = new AtomicInteger();

    @Test
    void everyRequestIsAnsweredOnceAndEveryPermitComesHome() {
        long seed = System.nanoTime();
        System.out.println("AdmissionStormTest seed " + seed);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < REQUESTS; i++) {
                Random random = new Random(seed + i);
                threads.execute(() -> request(random));
            }
        }

        assertThat(admitted.get() + refused.get() + cancelled.get()).isEqualTo(REQUESTS);
        assertThat(admitted.get()).isPositive();
        assertThat(highest.get()).isLessThanOrEqualTo(20);
        assertThat(queue.depth()).isZero();
        assertThat(worker.inUse()).isZero();
        assertThat(worker.available()).isEqualTo(20);
        assertThat(routes).allSatisfy(route -> assertThat(route.inUse()).isZero());
        assertThat(consumers.size()).isZero();
    }

    @Test
    void aLimitThatChangesUnderTheStormLosesNothing() throws Exception {
        long seed = System.nanoTime();
        System.out.println("AdmissionStormTest seed " + seed);
        Random resizing = new Random(seed);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < REQUESTS; i++) {
                Random random = new Random(seed + i);
                threads.execute(() -> request(random));
                if (i % 50 == 0) {
                    worker.resize(Optional.of(resizing.nextInt(21)));
                    routes.get(resizing.nextInt(3)).resize(Optional.of(resizing.nextInt(30)));
                }
            }
            worker.resize(Optional.of(20));
            routes.forEach(route -> route.resize(Optional.of(30)));
        }

        assertThat(admitted.get() + refused.get() + cancelled.get()).isEqualTo(REQUESTS);
        assertThat(queue.depth()).isZero();
        assertThat(worker.available()).isEqualTo(20);
        assertThat(routes).allSatisfy(route -> assertThat(route.available()).isEqualTo(30));
        assertThat(consumers.size()).isZero();
    }

    private void request(Random random) {
        String consumer = "c" + random.nextInt(40);
        StreamLimiter route = routes.get(random.nextInt(3));
        Duration maxWait =
                random.nextInt(4) == 0 ? Duration.ofNanos(random.nextInt(3_000_000)) : Duration.ofSeconds(30);
        AdmissionTicket ticket = queue.enter(new AdmissionRequest(consumer, route, maxWait));
        if (random.nextInt(3) == 0) {
            Thread.ofVirtual().start(ticket::cancel);
        }
        switch (ticket.await()) {
            case Admitted(StreamPermits permits, Duration _) -> hold(permits, random);
            case Refused _ -> refused.incrementAndGet();
            case Cancelled _ -> cancelled.incrementAndGet();
        }
    }

    private void hold(StreamPermits permits, Random random) {
        highest.accumulateAndGet(running.incrementAndGet(), Math::max);
        LockSupport.parkNanos(random.nextInt(300_000));
        running.decrementAndGet();
        permits.close();
        admitted.incrementAndGet();
        if (random.nextBoolean()) {
            permits.close();
        }
    }

    private static StreamLimiter limiter(LimiterScope scope, int limit) {
        return new StreamLimiter(scope, "storm", Optional.of(limit), System::nanoTime);
    }
}
