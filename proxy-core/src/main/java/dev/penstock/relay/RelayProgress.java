// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

/**
 * What a relay has done so far, for the clocks, the heartbeats, the table of live streams and the final account.
 *
 * <p>Thread-safe: every field but {@code givenUp} is written by the stream thread alone, and volatile because others read it.
 * Nothing is armed or cancelled per event; the clocks compare these times when they come by.
 */
public final class RelayProgress {
    private static final long NEVER = 0;

    private volatile long readingSince = NEVER;
    private volatile long lastReadAt = NEVER;
    private volatile long firstEventAt = NEVER;
    private volatile long firstTokenAt = NEVER;
    private volatile long lastTokenAt = NEVER;
    private volatile long lastWriteAt = NEVER;
    private volatile long events;
    private volatile long tokens;
    private volatile long bytesIn;
    private volatile long bytesOut;
    private volatile boolean midEvent;
    private volatile boolean seenId;
    private volatile boolean terminalSeen;
    private volatile boolean errorSeen;
    private volatile long terminalSentAt = NEVER;

    /** Written by whoever ends the stream, read by the stream thread when it pauses. */
    private volatile boolean givenUp;

    private final Runnable onFirstToken;
    private long upstreamWaitNanos;
    private long clientWaitNanos;

    /** A relay that nobody waits for. */
    public RelayProgress() {
        this(() -> {});
    }

    /** A relay whose first output somebody wants to know of, on the stream thread. */
    public RelayProgress(Runnable onFirstToken) {
        this.onFirstToken = onFirstToken;
    }

    /** The {@link System#nanoTime} since which the stream has been waiting for the upstream, or 0 when it is not. */
    public long readingSince() {
        return readingSince;
    }

    /** When bytes last came from the upstream, or 0. */
    public long lastReadAt() {
        return lastReadAt;
    }

    /** When the first event, or the first bytes of a body, came; 0 before. */
    public long firstEventAt() {
        return firstEventAt;
    }

    /** When the first event that carries output came; 0 before. */
    public long firstTokenAt() {
        return firstTokenAt;
    }

    /** When the last event that carries output came; 0 before. */
    public long lastTokenAt() {
        return lastTokenAt;
    }

    /** When bytes were last flushed to the client, or 0. */
    public long lastWriteAt() {
        return lastWriteAt;
    }

    public long events() {
        return events;
    }

    /** Events that carried output. */
    public long tokenEvents() {
        return tokens;
    }

    public long bytesIn() {
        return bytesIn;
    }

    public long bytesOut() {
        return bytesOut;
    }

    /** Whether part of an event has come whose end has not: no heartbeat then. */
    public boolean midEvent() {
        return midEvent;
    }

    /** Whether the stream has carried an {@code id:} line, which changes what a safe heartbeat is. */
    public boolean seenId() {
        return seenId;
    }

    /** Whether the dialect's terminal event, or the last byte that was promised, has been read: it only remains to be written. */
    public boolean terminalSeen() {
        return terminalSeen;
    }

    /** Whether it has been flushed to the client too: from here on the stream is complete. */
    public boolean terminalSent() {
        return terminalSentAt != NEVER;
    }

    /** When that was; 0 before. */
    public long terminalSentAt() {
        return terminalSentAt;
    }

    /** Whether the upstream has reported an error inside the stream, which the client then has. */
    public boolean errorSeen() {
        return errorSeen;
    }

    /** The stream is to end: a pause that keeps it to its pace is over. For any thread. */
    public void giveUp() {
        givenUp = true;
    }

    boolean isGivenUp() {
        return givenUp;
    }

    /** Time spent waiting for the upstream. Read after the relay. */
    public long upstreamWaitNanos() {
        return upstreamWaitNanos;
    }

    /** Time spent waiting for the client. Read after the relay. */
    public long clientWaitNanos() {
        return clientWaitNanos;
    }

    /** The stream thread starts to wait for the upstream. */
    public long waiting() {
        long now = System.nanoTime() | 1;
        readingSince = now;
        return now;
    }

    /** The wait that began at {@code since} is over. */
    public long waited(long since) {
        long now = System.nanoTime() | 1;
        readingSince = NEVER;
        lastReadAt = now;
        upstreamWaitNanos += now - since;
        return now;
    }

    /** Bytes came to somebody who reads ahead. That is for the clocks; the relay counts them, and the waiting, when it takes them. */
    void aheadReceived() {
        long now = System.nanoTime() | 1;
        readingSince = now;
        lastReadAt = now;
        if (firstEventAt == NEVER) {
            firstEventAt = now;
        }
    }

    /** Nothing more is read ahead: nobody waits until the relay does. */
    void aheadDone() {
        readingSince = NEVER;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // One writer, the stream thread.
    void received(int bytes, long now) {
        bytesIn += bytes;
        if (firstEventAt == NEVER) {
            firstEventAt = now;
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // One writer, the stream thread.
    void event() {
        events++;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // One writer, the stream thread.
    void token() {
        tokens++;
        lastTokenAt = lastReadAt;
        if (firstTokenAt == NEVER) {
            firstTokenAt = lastReadAt;
            onFirstToken.run();
        }
    }

    void error() {
        errorSeen = true;
    }

    void terminal() {
        terminalSeen = true;
    }

    void parsed(boolean insideEvent, boolean id) {
        midEvent = insideEvent;
        seenId = id;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // One writer, the stream thread.
    long written(int bytes, long since) {
        long now = System.nanoTime() | 1;
        bytesOut += bytes;
        lastWriteAt = now;
        clientWaitNanos += now - since;
        if (terminalSeen && terminalSentAt == NEVER) {
            terminalSentAt = now;
        }
        return now;
    }
}
