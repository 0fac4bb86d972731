// SPDX-License-Identifier: Apache-2.0
package dev.penstock.transport;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks host names up on a few platform threads. A look-up blocks inside the C library, where a virtual thread keeps its
 * carrier: as many slow look-ups as there are processors would stop every stream.
 *
 * <p>Thread-safe: a thread pool.
 */
public final class NameLookup implements AutoCloseable {
    private static final int THREADS = 4;
    private static final int WAITING = 1024;

    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING),
            Thread.ofPlatform().daemon().name("name-lookup-", 0).factory(),
            new ThreadPoolExecutor.AbortPolicy());

    public NameLookup() {
        threads.allowCoreThreadTimeOut(true);
    }

    /** Begins a look-up; cancelling the future gives it up. */
    Future<List<InetAddress>> begin(String host) {
        return threads.submit(() -> List.of(InetAddress.getAllByName(host)));
    }

    /** Waits for a look-up. */
    static List<InetAddress> await(Future<List<InetAddress>> lookup, long timeoutMillis) throws IOException {
        try {
            return lookup.get(timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw (UnknownHostException) new UnknownHostException(e.getMessage()).initCause(e);
        } catch (TimeoutException e) {
            throw (SocketTimeoutException) new SocketTimeoutException("name look-up timed out").initCause(e);
        } catch (CancellationException e) {
            throw new IOException("aborted while looking up a name", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (InterruptedIOException) new InterruptedIOException("interrupted").initCause(e);
        } finally {
            lookup.cancel(true);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
