// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import dev.penstock.config.DrainConfig;
import dev.penstock.exchange.Outcome;
import dev.penstock.exchange.StreamExchange;
import dev.penstock.exchange.StreamRegistry;
import java.time.Duration;

/**
 * Brings the live streams of a worker to their end.
 *
 * <p>Confined to the thread that drains.
 */
final class Drain {
    private static final Duration LOOK = Duration.ofMillis(10);

    /** How long a stream may take over its error event before its sockets are closed without a word. */
    private static final Duration LAST_WORDS = Duration.ofMillis(500);

    private final Rooms rooms;

    Drain(Rooms rooms) {
        this.rooms = rooms;
    }

    void run() throws InterruptedException {
        DrainConfig settings = rooms.config().drain();
        rooms.beginDrain();
        Thread.sleep(settings.delay());
        rooms.refuse();
        awaitEmpty(settings.deadline());
        endAll();
    }

    /** Ends every stream: with an error event if it can be written soon, and without after that. */
    void endAll() {
        rooms.beginDrain();
        rooms.refuse();
        StreamRegistry registry = rooms.registry();
        registry.all().forEach(stream -> stream.cancel(Outcome.SHUTDOWN));
        try {
            awaitEmpty(LAST_WORDS);
            registry.all().forEach(StreamExchange::evict);
            awaitEmpty(LAST_WORDS);
        } catch (InterruptedException e) {
            registry.all().forEach(StreamExchange::evict);
            Thread.currentThread().interrupt();
        }
    }

    private void awaitEmpty(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (rooms.registry().size() > 0 && System.nanoTime() < deadline) {
            Thread.sleep(LOOK);
        }
    }
}
