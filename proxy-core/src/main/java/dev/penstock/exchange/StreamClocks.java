// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watchdog of all streams: on a coarse tick it lets each exchange compare its timestamps with its clocks. So nothing is
 * armed or cancelled per event, and a deadline is met to within a tick.
 *
 * <p>Runs on a platform thread of its own, so that it ticks while the carriers are busy. It never blocks: what it finds is
 * cancelled by closing sockets, and a heartbeat is written by a virtual thread.
 *
 * <p>Thread-safe: start and close from any thread.
 */
public final class StreamClocks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamClocks.class);
    private static final Duration TICK = Duration.ofMillis(20);

    private final StreamRegistry registry;
    private final Thread thread;
    private volatile boolean closed;

    public StreamClocks(StreamRegistry registry) {
        this.registry = registry;
        this.thread = Thread.ofPlatform().name("stream-clocks").daemon().start(this::run);
    }

    private void run() {
        while (!closed) {
            LockSupport.parkNanos(TICK.toNanos());
            long now = System.nanoTime();
            registry.all().forEach(exchange -> tick(exchange, now));
        }
    }

    private static void tick(StreamExchange exchange, long now) {
        try {
            exchange.tick(now);
        } catch (RuntimeException e) {
            // One stream's trouble must not stop everybody's clocks.
            LOG.error("stream {}: its clocks failed", exchange.id(), e);
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
