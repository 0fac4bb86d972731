// SPDX-License-Identifier: Apache-2.0
package dev.penstock.transport;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The reading half of a blocking socket: a small read-ahead buffer and the rule that <b>at most one thread is ever inside
 * {@code read}</b>.
 *
 * <p>Two threads may want input of one connection. Its owner calls {@link #await} and then {@link #drainTo}, which never
 * blocks. While the owner is busy elsewhere (relaying a silent stream, or idle in a pool) a watcher sits in the read, so that
 * a peer that leaves is noticed at once; bytes that the watcher receives (a pipelined request) are kept. When the owner comes
 * back while the watcher is still inside the read, the owner waits on the monitor instead of reading too, and the watcher
 * retires after its delivery.
 *
 * <p>Invariants: {@code start <= end <= buffer.length}; bytes [start, end) have been received and not yet drained; only the
 * thread that set {@code reading} touches [end, buffer.length), and while it does nobody moves the buffer's content.
 *
 * <p>The buffer is the memory of a quiet stream, so it starts small, doubles when one read fills it, shrinks again, and is small
 * whenever a silence is to be expected.
 *
 * <p>Guarded by this: every field.
 */
final class SocketInput {
    private static final int SMALLEST = 1024;
    private static final int LARGEST = 64 * 1024;

    private final Socket socket;
    private final InputStream in;
    private byte[] buffer = new byte[0];
    private int size = SMALLEST;
    private int start;
    private int end;
    private boolean reading;
    private boolean watching;
    private boolean ended;
    private @Nullable IOException failure;
    private @Nullable Runnable onDeparture;

    SocketInput(Socket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
    }

    /**
     * Blocks the caller until there is input to drain, or the peer has ended, or the timeout has passed.
     *
     * @param timeoutMillis 0 waits for ever
     */
    Readiness await(long timeoutMillis) {
        try {
            Optional<Readiness> known = knownOrClaim(timeoutMillis);
            return known.isPresent() ? known.get() : readOnce(timeoutMillis);
        } catch (InterruptedException e) {
            // An interrupt means "abandon this connection", as it does for a thread inside the socket's own read.
            Thread.currentThread().interrupt();
            return Readiness.TIMEOUT;
        }
    }

    /** What is known already, or what another thread's read brings in time; empty when the caller is to read itself. */
    private synchronized Optional<Readiness> knownOrClaim(long timeoutMillis) throws InterruptedException {
        long deadline = System.nanoTime() + timeoutMillis * 1_000_000;
        while (reading && readiness().isEmpty()) {
            long left = timeoutMillis == 0 ? 0 : (deadline - System.nanoTime()) / 1_000_000;
            if (timeoutMillis > 0 && left <= 0) {
                return Optional.of(Readiness.TIMEOUT);
            }
            wait(left);
        }
        Optional<Readiness> known = readiness();
        if (known.isEmpty()) {
            claimRead();
        }
        return known;
    }

    /** Moves what was received into the target; 0 when there is nothing, -1 at the end of the stream. Never blocks. */
    synchronized int drainTo(ByteBuffer target) throws IOException {
        int n = Math.min(end - start, target.remaining());
        if (n > 0) {
            target.put(buffer, start, n);
            start += n;
            return n;
        }
        if (start < end) {
            return 0;
        }
        if (failure != null) {
            throw new IOException(failure.getMessage(), failure);
        }
        return ended ? -1 : 0;
    }

    /** What has been received and not drained, as it is now. */
    synchronized byte[] received() {
        return Arrays.copyOfRange(buffer, start, end);
    }

    synchronized void discard() {
        start = end;
    }

    synchronized boolean hasBuffered() {
        return start < end;
    }

    /** Whether the peer has ended or reset the connection, as far as somebody has read. */
    synchronized boolean isEnded() {
        return ended;
    }

    /** Says that little is to come: the next read starts with a small buffer again. */
    synchronized void expectLittle() {
        size = SMALLEST;
    }

    /** Arms the departure watch; the callback runs on the watcher's thread, or at once on the caller's. */
    void watch(String threadName, Runnable departure) {
        synchronized (this) {
            if (!ended) {
                expectLittle();
                onDeparture = departure;
                if (!watching) {
                    watching = true;
                    Thread.ofVirtual().name(threadName).start(this::watchLoop);
                }
                return;
            }
        }
        departure.run();
    }

    /** Disarms the watch. A watcher inside a read stays there until the peer sends or leaves, then retires. */
    synchronized void unwatch() {
        onDeparture = null;
        notifyAll();
    }

    private void watchLoop() {
        while (claimWatch()) {
            readOnce(0);
        }
        departure().ifPresent(Runnable::run);
    }

    /** Claims the read, after whoever is in it; false when the watcher has nothing to do any more. */
    private synchronized boolean claimWatch() {
        try {
            while (reading && isWatched()) {
                wait();
            }
        } catch (InterruptedException e) {
            // Nobody interrupts a watcher; if somebody did, it would be to be rid of it.
            onDeparture = null;
        }
        boolean goOn = isWatched() && !(start == 0 && end == LARGEST);
        if (goOn) {
            claimRead();
        } else {
            watching = false;
        }
        return goOn;
    }

    private boolean isWatched() {
        return onDeparture != null && !ended;
    }

    private synchronized Optional<Runnable> departure() {
        Optional<Runnable> departed = ended ? Optional.ofNullable(onDeparture) : Optional.empty();
        if (ended) {
            onDeparture = null;
        }
        return departed;
    }

    private Optional<Readiness> readiness() {
        if (start < end) {
            return Optional.of(Readiness.READY);
        }
        return ended ? Optional.of(Readiness.ENDED) : Optional.empty();
    }

    private void claimRead() {
        reading = true;
        if (start == end) {
            start = 0;
            end = 0;
            if (buffer.length != size) {
                buffer = new byte[size];
            }
        } else if (end == buffer.length) {
            makeRoom();
        }
    }

    private void makeRoom() {
        int length = end - start;
        byte[] larger = new byte[Math.min(LARGEST, Math.max(buffer.length, length * 2))];
        System.arraycopy(buffer, start, larger, 0, length);
        buffer = larger;
        start = 0;
        end = length;
    }

    private Readiness readOnce(long timeoutMillis) {
        try {
            socket.setSoTimeout((int) Math.min(Integer.MAX_VALUE, timeoutMillis));
            int room = buffer.length - end;
            int n = in.read(buffer, end, room);
            return delivered(n, room);
        } catch (SocketTimeoutException e) {
            return timedOut();
        } catch (IOException e) {
            return failed(e);
        }
    }

    private synchronized Readiness delivered(int n, int room) {
        reading = false;
        ended = n < 0;
        end += Math.max(0, n);
        adapt(n, room);
        notifyAll();
        return ended ? Readiness.ENDED : Readiness.READY;
    }

    private void adapt(int n, int room) {
        if (n == room) {
            size = Math.min(LARGEST, size * 2);
        } else if (n < size / 4) {
            size = Math.max(SMALLEST, size / 2);
        }
    }

    private synchronized Readiness timedOut() {
        reading = false;
        notifyAll();
        return Readiness.TIMEOUT;
    }

    private synchronized Readiness failed(IOException e) {
        reading = false;
        ended = true;
        failure = e;
        notifyAll();
        return Readiness.ENDED;
    }
}
