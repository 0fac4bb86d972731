// SPDX-License-Identifier: Apache-2.0
package dev.penstock.transport;

import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The thread pool of a {@link org.eclipse.jetty.server.Server} whose connections have threads of their own.
 *
 * <p>The only platform thread that works here is the acceptor's. What Jetty wants done "immediately" (answering a bad request,
 * failing an exchange) it offers to {@link #tryExecute}, expecting another thread, while the connection's own thread goes on. Here
 * that own thread is the right one: it would otherwise close the connection under the answer. So the task runs in place.
 *
 * <p>Thread-safe: as its parent.
 */
public final class ConnectionThreads extends QueuedThreadPool {
    private static final int MOST = 8;
    private static final int FEWEST = 1;

    public ConnectionThreads() {
        super(MOST, FEWEST);
        setReservedThreads(0);
        setDaemon(true);
        setName("server");
    }

    @Override
    public boolean tryExecute(Runnable task) {
        task.run();
        return true;
    }
}
