// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.relay.RelayProgress;
import java.time.Duration;
import java.util.Optional;

/**
 * What others may do to a stream while its own thread works: the clocks compare, the client leaves, an operator ends it.
 *
 * <p>Thread-safe: reads volatile facts and acts through the {@link Cancellation}.
 */
final class Watch {
    /** How long the upstream may take to end its framing after the terminal event. */
    private static final Duration AFTER_TERMINAL = Duration.ofSeconds(1);

    /** A write that is older when the stream's time is up has a client that does not read; a pumping stream is always in a write. */
    private static final Duration STUCK = Duration.ofMillis(250);

    /** How long the client of a stream that has been ended may take for the last words. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final StreamExchange exchange;
    private final Cancellation cancellation;
    private final Heartbeats heartbeats;

    /** When the clocks first saw that the stream has an outcome; 0 before. Confined to the clocks' thread. */
    private long endedAt;

    Watch(StreamExchange exchange, Cancellation cancellation) {
        this.exchange = exchange;
        this.cancellation = cancellation;
        this.heartbeats = new Heartbeats(exchange);
    }

    void cancel(Outcome candidate) {
        if (isDelivered(candidate) || !cancellation.cancel(candidate)) {
            return;
        }
        exchange.hooks().cancel();
        if (candidate == Outcome.CLIENT_DISCONNECT || candidate == Outcome.SLOW_CLIENT) {
            exchange.downstream().breakOff();
        }
    }

    /** Once the terminal event is there only its delivery can fail: a write that is stuck is the client's doing. */
    private boolean isDelivered(Outcome candidate) {
        RelayProgress progress = exchange.facts().progress;
        return candidate == Outcome.SLOW_CLIENT ? progress.terminalSent() : progress.terminalSeen();
    }

    /**
     * The client has left. After the terminal event that changes nothing: the model server is about to end its framing, and the
     * connection to it is worth more than the moment.
     */
    void departed() {
        if (exchange.facts().progress.terminalSeen()) {
            return;
        }
        if (exchange.sink() instanceof DrainingSink draining
                && exchange.facts().progress.firstEventAt() != 0) {
            draining.departed();
        } else {
            cancel(Outcome.CLIENT_DISCONNECT);
        }
    }

    /** Called by the clocks' thread on every tick; never blocks. */
    void tick(long now) {
        StreamFacts facts = exchange.facts();
        var clocks = exchange.settings().timeouts();
        long writing = exchange.downstream().writingSince();
        long writingFor = writing == 0 ? 0 : now - writing;
        if (endedAt == 0 && exchange.outcome().isPresent()) {
            endedAt = now;
        }
        if (writing != 0 && isStalled(writingFor, now)) {
            cancel(Outcome.SLOW_CLIENT);
            exchange.downstream().breakOff();
        }
        if (facts.admittedAt != 0 && exceeded(now - facts.admittedAt, clocks.total())) {
            cancel(writingFor > STUCK.toNanos() ? Outcome.SLOW_CLIENT : Outcome.MAX_DURATION);
        }
        if (facts.progress.terminalSent() && now - facts.progress.terminalSentAt() > AFTER_TERMINAL.toNanos()) {
            cancellation.free();
        }
        if (exchange.sink() instanceof DrainingSink draining && draining.isOverdue(now)) {
            cancellation.free();
        }
        cancellation.tick(now);
        heartbeats.tick(now);
    }

    /** Whatever the outcome is by now, a stream thread that is stuck in a write has to come out of it. */
    private boolean isStalled(long writingFor, long now) {
        return exceeded(writingFor, exchange.settings().timeouts().writeStall())
                || (endedAt != 0 && now - endedAt > LAST_WORDS.toNanos());
    }

    private static boolean exceeded(long nanos, Optional<Duration> limit) {
        return limit.isPresent() && nanos > limit.get().toNanos();
    }
}
