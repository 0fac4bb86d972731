// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One request at the scripted upstream and what became of it: bytes and events sent, and when and how the peer left if it left
 * before the script was over. Thread-safe: atomics and futures.
 */
public final class Exchange {
    private final RecordedRequest request;
    private final AtomicLong bytesSent = new AtomicLong();
    private final AtomicLong eventsSent = new AtomicLong();
    private final CompletableFuture<Departure> departure = new CompletableFuture<>();
    private final CompletableFuture<Long> ended = new CompletableFuture<>();

    Exchange(RecordedRequest request) {
        this.request = request;
    }

    public RecordedRequest request() {
        return request;
    }

    /** Bytes the kernel has taken from us for this response, head and framing included. */
    public long bytesSent() {
        return bytesSent.get();
    }

    public long eventsSent() {
        return eventsSent.get();
    }

    void sent(int bytes) {
        bytesSent.addAndGet(bytes);
    }

    void eventSent() {
        eventsSent.incrementAndGet();
    }

    void peerLeft(Departure how) {
        if (!ended.isDone()) {
            departure.complete(how);
        }
    }

    void end() {
        ended.complete(System.nanoTime());
    }

    /** How the peer left while the script was still playing. */
    public Optional<Departure> departure() {
        return Optional.ofNullable(departure.getNow(null));
    }

    /** True while the script plays and the peer is there. */
    public boolean isLive() {
        return !ended.isDone() && !departure.isDone();
    }

    /** Waits for the peer to leave this exchange. */
    public Departure awaitDeparture(Duration limit) {
        return await(departure, limit, "the peer is still connected to ");
    }

    void awaitDepartureQuietly(Duration time) throws InterruptedException, ExecutionException, TimeoutException {
        departure.get(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Waits for the end of the script; gives its time (nanoTime). */
    public long awaitEnd(Duration limit) {
        return await(ended, limit, "the script still plays for ");
    }

    private <T> T await(CompletableFuture<T> future, Duration limit, String complaint) {
        try {
            return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new AssertionError(complaint + request + " after " + limit, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public String toString() {
        return request + " -> sent " + bytesSent + " bytes, " + eventsSent + " events, departure "
                + departure.getNow(null);
    }
}
