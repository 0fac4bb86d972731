// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.relay.ClientGoneException;
import dev.penstock.relay.RelayProgress;
import dev.penstock.relay.SseEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A comment line to the client while the upstream is silent, so that nothing between us takes the stream for dead.
 *
 * <p>A heartbeat is due when the stream has been waiting for its upstream, with nothing written, for the configured time. It is
 * written by a virtual thread of its own, because the clocks must not block and the stream thread is inside a read; the sink puts
 * it between two writes, and two writes are always at an event boundary. None is sent while part of an event is held.
 *
 * <p>Thread-safe: {@code lastAt} belongs to the clocks' thread; {@code writing} is atomic.
 */
final class Heartbeats {
    private static final byte[] NONE = {};

    private static final List<Header> EARLY_HEAD = List.of(
            new Header("Content-Type", "text/event-stream"),
            new Header("Cache-Control", "no-cache"),
            new Header("X-Accel-Buffering", "no"));

    private final StreamExchange exchange;
    private final AtomicBoolean writing = new AtomicBoolean();
    private long lastAt;

    Heartbeats(StreamExchange exchange) {
        this.exchange = exchange;
    }

    /** Called by the clocks' thread. */
    void tick(long now) {
        Optional<Duration> interval = exchange.settings().heartbeat();
        if (interval.isEmpty() || exchange.outcome().isPresent() || !exchange.isAdmitted()) {
            return;
        }
        if (isWanted() && now - silentSince() > interval.get().toNanos() && writing.compareAndSet(false, true)) {
            lastAt = now;
            Thread.ofVirtual().name("heartbeat-" + exchange.id()).start(this::write);
        }
    }

    /** Whether the client takes an event stream, and is at a place where a comment can stand. */
    private boolean isWanted() {
        StreamFacts facts = exchange.facts();
        RelayProgress progress = facts.progress;
        boolean quiet = facts.relaysEvents
                ? progress.readingSince() != 0 && !progress.midEvent() && !progress.terminalSeen()
                : facts.streaming && facts.phase == StreamPhase.CONNECT;
        return quiet && mayCommit();
    }

    /**
     * A heartbeat commits an answer that is not committed yet. That takes nothing away once the upstream's head is decided and
     * there is no other attempt to be had.
     */
    private boolean mayCommit() {
        return exchange.downstream().isCommitted()
                || exchange.settings().heartbeatBeforeCommit()
                || (exchange.facts().relaysEvents && !exchange.facts().mayRetry);
    }

    private long silentSince() {
        StreamFacts facts = exchange.facts();
        return Math.max(Math.max(facts.progress.lastWriteAt(), facts.admittedAt), lastAt);
    }

    private void write() {
        try {
            exchange.downstream().heartbeat(this::beat);
        } catch (ClientGoneException e) {
            exchange.debug("heartbeat found the client gone", e);
            exchange.cancel(Outcome.CLIENT_DISCONNECT);
        } finally {
            writing.set(false);
        }
    }

    /**
     * The heartbeat, if one is still wanted: since the clocks came by, the stream may have gone on. Called between two writes, so
     * what is seen here of the stream is at most behind what the client has.
     */
    private byte[] beat() {
        if (exchange.outcome().isPresent() || !isWanted()) {
            return NONE;
        }
        if (!exchange.facts().relaysEvents) {
            List<Header> head = new ArrayList<>(EARLY_HEAD);
            head.add(new Header("x-request-id", exchange.request().requestId()));
            exchange.downstream().head(200, head, -1);
        }
        return SseEncoder.heartbeat(exchange.facts().progress.seenId());
    }
}
