// SPDX-License-Identifier: Apache-2.0
package dev.penstock.admission;

/**
 * All that an admitted stream holds of this room: its consumer's, its route's and the worker's permit, taken together and
 * returned together. The worker's goes back last, so that the hand-over it causes sees the route's room too. Immutable:
 * each permit sees to its own exactly-once return.
 */
public record StreamPermits(StreamPermit consumer, StreamPermit route, StreamPermit worker) implements AutoCloseable {

    @Override
    public void close() {
        consumer.close();
        route.close();
        worker.close();
    }
}
