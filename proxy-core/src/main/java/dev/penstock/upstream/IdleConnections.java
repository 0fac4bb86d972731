// SPDX-License-Identifier: Apache-2.0
package dev.penstock.upstream;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Optional;

/**
 * The idle connections of one target, the most recently used first, so that the surplus of a busy hour grows old and goes.
 *
 * <p>While a connection is here a watcher is blocked in a read on it. A connection that the model server closes leaves at
 * once, before a request can be sent on it.
 *
 * <p>Guarded by this: every field.
 */
final class IdleConnections {
    private static final int MOST = 1024;

    private final ArrayDeque<UpstreamConnection> connections = new ArrayDeque<>();
    private boolean closed;

    Optional<UpstreamConnection> take() {
        while (true) {
            UpstreamConnection connection;
            synchronized (this) {
                connection = connections.pollFirst();
            }
            if (connection == null) {
                return Optional.empty();
            }
            if (connection.wake()) {
                return Optional.of(connection);
            }
            connection.close();
        }
    }

    /** Watched first and offered then, so that whoever takes it next finds the watch armed and can end it. */
    void put(UpstreamConnection connection) {
        connection.rest(() -> drop(connection));
        boolean kept;
        synchronized (this) {
            kept = !closed && connections.size() < MOST;
            if (kept) {
                connections.addFirst(connection);
            }
        }
        if (!kept) {
            connection.close();
        } else if (!connection.isReusable()) {
            // It left before it was here to be dropped.
            drop(connection);
        }
    }

    void close() {
        synchronized (this) {
            closed = true;
        }
        closeOlderThan(0);
    }

    synchronized int size() {
        return connections.size();
    }

    void closeOlderThan(long nanos) {
        ArrayDeque<UpstreamConnection> old = new ArrayDeque<>();
        long now = System.nanoTime();
        synchronized (this) {
            Iterator<UpstreamConnection> oldestFirst = connections.descendingIterator();
            while (oldestFirst.hasNext()) {
                UpstreamConnection connection = oldestFirst.next();
                if (now - connection.restingSince() < nanos) {
                    break;
                }
                oldestFirst.remove();
                old.add(connection);
            }
        }
        old.forEach(UpstreamConnection::close);
    }

    private void drop(UpstreamConnection connection) {
        boolean mine;
        synchronized (this) {
            mine = connections.remove(connection);
        }
        if (mine) {
            connection.close();
        }
    }
}
