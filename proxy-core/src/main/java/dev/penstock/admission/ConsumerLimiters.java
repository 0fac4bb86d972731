// SPDX-License-Identifier: Apache-2.0
package dev.penstock.admission;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * One limiter per consumer who holds something, and none for anybody else: consumers are strings of the client's choosing, so
 * a limiter is born with its first permit and forgotten with its last. The registry is therefore never larger than the
 * number of permits out.
 *
 * <p>Thread-safe: permits are taken, and idle limiters forgotten, only inside the map's own atomic step for that key, so
 * nobody can hold a permit of a forgotten limiter.
 */
public final class ConsumerLimiters {
    private final ConcurrentHashMap<String, StreamLimiter> limiters = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;

    /** Written by reload; read by every request. */
    private volatile Optional<Integer> limit;

    public ConsumerLimiters(Optional<Integer> limit, LongSupplier nanoTime) {
        this.limit = requireNonNull(limit, "limit");
        this.nanoTime = requireNonNull(nanoTime, "nanoTime");
    }

    /** Takes one of the consumer's permits if there is one now; never waits. */
    public Optional<StreamPermit> tryAcquire(String consumer) {
        Attempt attempt = new Attempt();
        limiters.compute(consumer, (key, known) -> {
            StreamLimiter limiter = known == null ? limiterOf(key) : known;
            attempt.permit = upToDate(limiter).tryAcquire();
            return limiter.inUse() == 0 ? null : limiter;
        });
        return attempt.permit;
    }

    /** Streams the consumer has now, waiting ones included. */
    public int inUse(String consumer) {
        return Optional.ofNullable(limiters.get(consumer))
                .map(StreamLimiter::inUse)
                .orElse(0);
    }

    /** Consumers who hold a permit now. */
    public int size() {
        return limiters.size();
    }

    /** The cap of each single consumer, or empty when there is none. */
    public Optional<Integer> limit() {
        return limit;
    }

    /** Changes every consumer's cap; each feels it with its next request. */
    public void resize(Optional<Integer> newLimit) {
        limit = requireNonNull(newLimit, "newLimit");
    }

    double secondsUntilReleased(String consumer, int permits) {
        return Optional.ofNullable(limiters.get(consumer))
                .map(limiter -> limiter.secondsUntilReleased(permits))
                .orElse(0.0);
    }

    private StreamLimiter limiterOf(String consumer) {
        StreamLimiter limiter = new StreamLimiter(LimiterScope.CONSUMER, consumer, limit, nanoTime);
        limiter.whenRoom(() -> forgetIfIdle(consumer));
        return limiter;
    }

    private StreamLimiter upToDate(StreamLimiter limiter) {
        Optional<Integer> wanted = limit;
        if (!limiter.limit().equals(wanted)) {
            limiter.resizeSilently(wanted);
        }
        return limiter;
    }

    private void forgetIfIdle(String consumer) {
        limiters.computeIfPresent(consumer, (key, limiter) -> limiter.inUse() == 0 ? null : limiter);
    }

    /** Carries the result out of the map's step. Confined to the stream thread. */
    private static final class Attempt {
        private Optional<StreamPermit> permit = Optional.empty();
    }
}
