// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.relay.RelayProgress;

/**
 * What is known about one stream so far: names, phase, times. The final account and the table of live streams read it.
 *
 * <p>Thread-safe: every field is written by the stream thread alone, and volatile because operators and clocks read it. Times
 * are {@link System#nanoTime}; 0 means not yet.
 */
final class StreamFacts {
    volatile StreamPhase phase = StreamPhase.ACCEPT;
    volatile String consumer = "";
    volatile String route = "";
    volatile String cluster = "";
    volatile String instance = "";
    volatile String modelAsked = "";
    volatile String modelSent = "";
    volatile int attempts;
    volatile long bodyBytes;
    volatile boolean streaming;
    volatile boolean relaysEvents;

    /** Whether the attempt under way may be followed by another. */
    volatile boolean mayRetry;

    volatile boolean relaysBytes;
    volatile long bodyReadAt;
    volatile long admittedAt;
    volatile boolean holdsPermits;
    volatile long queueNanos;
    volatile long connectNanos;

    /** Waiting in connect and for the head, in nanoseconds. Confined to the stream thread, for its account of overhead. */
    long upstreamWaitNanos;

    /** The relay of the attempt under way, or of the last one. */
    volatile RelayProgress progress = new RelayProgress();

    /** Another attempt begins. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // One writer, the stream thread.
    void attempted() {
        attempts++;
    }
}
