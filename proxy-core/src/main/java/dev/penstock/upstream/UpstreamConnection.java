// SPDX-License-Identifier: Apache-2.0
package dev.penstock.upstream;

import dev.penstock.transport.BlockingEndPoint;
import org.eclipse.jetty.client.Connection;

/**
 * One connection to a model server: Jetty's HTTP/1.1 over our blocking endpoint. Owned by one call at a time, or by the idle
 * pool.
 *
 * <p>Thread-safe: used by its owner; handed over through the pool's lock.
 */
final class UpstreamConnection {
    private final SurplusAwareConnection http;
    private final BlockingEndPoint endPoint;
    private long restingSince;

    UpstreamConnection(Connection connection) {
        this.http = (SurplusAwareConnection) connection;
        this.endPoint = (BlockingEndPoint) http.getEndPoint();
    }

    SurplusAwareConnection http() {
        return http;
    }

    BlockingEndPoint endPoint() {
        return endPoint;
    }

    /** Whether the next request may go out here: nothing failed, and nothing came that nobody asked for. */
    boolean isReusable() {
        return !http.isClosed()
                && http.isAtRest()
                && endPoint.isOpen()
                && !endPoint.isDeaf()
                && !endPoint.isEnded()
                && !endPoint.hasBufferedInput();
    }

    /** Into the pool: watched from now on. */
    void rest(Runnable departed) {
        restingSince = System.nanoTime();
        endPoint.watchDeparture("upstream-idle", departed);
    }

    /** Out of the pool; false when it broke, or received bytes that nobody asked for, while it rested. */
    boolean wake() {
        endPoint.unwatchDeparture();
        return isReusable();
    }

    long restingSince() {
        return restingSince;
    }

    /** Called by the owner's thread; closes the socket and lets Jetty's connection unwind. */
    void close() {
        http.close();
        endPoint.close();
        // Jetty's receiver keeps the buffer of an answer that was given up half-way; this makes it give the buffer
        // back.
        http.onUpgradeFrom();
    }
}
