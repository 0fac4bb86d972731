// SPDX-License-Identifier: Apache-2.0
package dev.penstock.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A Jetty endpoint over a blocking socket, plain or TLS.
 *
 * <p>Jetty's connections are written for selectors: they {@code fill} what there is, and when there is nothing they register
 * interest and return. Here nothing selects. The invariants that make this work:
 *
 * <ul>
 *   <li>{@link #fill} never blocks: it hands over bytes that were already read from the socket, or 0, or -1 at the end.
 *   <li>{@link #flush} writes everything before it returns, so a Jetty write is complete, or has failed, when the call
 *       returns; {@link #onIncompleteFlush} can't happen.
 *   <li>Blocking for input happens in one place, {@link #awaitReadable}, called by the thread that owns the connection.
 *       Registered interest is only a note; the owner calls {@link #fillable} after input has come.
 *   <li>At most one thread is inside the socket's read ({@link SocketInput}); it may be the watcher.
 *   <li>Any thread may {@link #abort}: it closes the raw socket and nothing else, so the owner's blocked read or write fails
 *       and the owner unwinds Jetty's state on its own thread. No Jetty callback ever runs on the aborting thread.
 * </ul>
 *
 * <p>Jetty's idle timeouts are off: deadlines belong to the clocks of a stream. What blocks outside a stream (a handshake, a
 * goodbye) is bounded here, by {@link #within}.
 *
 * <p>Thread-safe: reading and writing belong to the owner; {@link #abort}, {@link #stopWriting}, {@link #received},
 * {@link #isEnded} and {@link #writingSince} are for every thread.
 */
public final class BlockingEndPoint extends AbstractEndPoint {
    /** For small things a peer could hold up for ever: a goodbye, the rest of a record. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Socket raw;
    private final Socket socket;
    private final SocketInput input;
    private final SocketOutput output;
    private final InetSocketAddress local;
    private final InetSocketAddress remote;

    private final boolean forgiving;

    /** Written and read by the owner: a write has failed, and nothing written since has left. */
    private boolean deaf;

    /** Written by the owner, read by whoever closes. */
    private volatile boolean lingers;

    /** Something that blocks. */
    @FunctionalInterface
    interface Step<T> {
        T take() throws IOException;
    }

    private BlockingEndPoint(Scheduler scheduler, Socket raw, Socket socket, boolean forgiving) throws IOException {
        super(scheduler);
        this.raw = raw;
        this.socket = socket;
        this.forgiving = forgiving;
        this.input = new SocketInput(socket);
        this.output = new SocketOutput(socket);
        this.local = (InetSocketAddress) raw.getLocalSocketAddress();
        this.remote = (InetSocketAddress) raw.getRemoteSocketAddress();
        setIdleTimeout(0);
    }

    /** Wraps an accepted socket; {@code socket} is the TLS layer above {@code raw}, or {@code raw} itself. */
    static BlockingEndPoint ofServer(Scheduler scheduler, Socket raw, Socket socket) throws IOException {
        return new BlockingEndPoint(scheduler, raw, socket, false);
    }

    /**
     * Wraps a connected socket, as above. A write that fails does not fail the exchange: a server may answer (413, 401) and close
     * without reading the whole request, and Jetty would throw that answer away. What cannot be written is dropped, and the read
     * that follows finds the answer or the end.
     */
    static BlockingEndPoint ofClient(Scheduler scheduler, Socket raw, Socket socket) throws IOException {
        return new BlockingEndPoint(scheduler, raw, socket, true);
    }

    /**
     * Blocks until there is input to fill, the peer has ended, or the timeout has passed.
     *
     * <p>One TLS record may take many reads of the socket, each within the timeout; a client that drags a record out for much longer
     * than the timeout loses the connection.
     *
     * @param timeoutMillis 0 waits for ever
     */
    public Readiness awaitReadable(long timeoutMillis) {
        if (timeoutMillis == 0 || forgiving || !(socket instanceof SSLSocket)) {
            return input.await(timeoutMillis);
        }
        Scheduler.Task guard = resetAfter(Duration.ofMillis(timeoutMillis).plus(GRACE));
        try {
            return input.await(timeoutMillis);
        } finally {
            guard.cancel();
        }
    }

    /** As {@link #awaitReadable}, before a request: little is held ready for it. */
    Readiness awaitRequest(long timeoutMillis) {
        input.expectLittle();
        return awaitReadable(timeoutMillis);
    }

    /** Shakes hands, on a TLS connection; a peer that takes longer than the limit loses the connection. */
    void handshake(Duration limit) throws IOException {
        if (socket instanceof SSLSocket tls) {
            within(limit, () -> {
                tls.startHandshake();
                return true;
            });
        }
    }

    /** Takes a step that may block on the peer, and resets the connection when it takes longer than the limit. */
    <T> T within(Duration limit, Step<T> step) throws IOException {
        Scheduler.Task guard = resetAfter(limit);
        try {
            return step.take();
        } finally {
            guard.cancel();
        }
    }

    private Scheduler.Task resetAfter(Duration limit) {
        return getScheduler().schedule(() -> abort(true), limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Tells the connection that input has come, on the caller's thread. Does nothing when it registered no interest. */
    public void fillable() {
        getFillInterest().fillable();
    }

    /** Whether bytes have been received that nobody has filled yet. */
    public boolean hasBufferedInput() {
        return input.hasBuffered();
    }

    /** Whether a client has its last answer, and may be sending still: then a close is left to the owner, when it has lingered. */
    boolean lingers() {
        return lingers;
    }

    /** A copy of the bytes that have been received and that nobody has filled yet. For every thread. */
    public byte[] received() {
        return input.received();
    }

    /** Throws away what has been received. */
    void discardInput() {
        input.discard();
    }

    /** Whether the peer has closed or reset the connection, as far as somebody was reading. */
    public boolean isEnded() {
        return input.isEnded();
    }

    /**
     * Watches for the peer's departure while the owner is busy elsewhere. The callback runs once, on a virtual thread of the
     * given name, or on the caller's when the peer has already left. Bytes that arrive meanwhile are kept, up to 64 KiB;
     * beyond that the peer is pipelining and its departure shows in the next write.
     */
    public void watchDeparture(String threadName, Runnable departed) {
        input.watch(threadName, departed);
    }

    /** Ends the watch: the callback will not be called any more, unless it is running. */
    public void unwatchDeparture() {
        input.unwatch();
    }

    /** Whether the peer stopped taking what we write, or we stopped writing it. */
    public boolean isDeaf() {
        return deaf || raw.isOutputShutdown();
    }

    /** Makes a write that is blocked now fail, and every later one; what comes from the peer can still be read. For any thread. */
    public void stopWriting() {
        Sockets.endOutput(raw);
    }

    /** The {@link System#nanoTime} of the last progress of a write that is blocked now, or 0. */
    public long writingSince() {
        return output.blockedSince();
    }

    /**
     * Closes the socket under whoever is blocked on it. Idempotent, for any thread.
     *
     * @param reset true sends RST, so that the peer stops sending at once; false lets what was written arrive
     */
    public void abort(boolean reset) {
        if (reset) {
            Sockets.reset(raw);
        } else {
            Sockets.close(raw);
        }
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        int position = BufferUtil.flipToFill(buffer);
        try {
            return input.drainTo(buffer);
        } finally {
            BufferUtil.flipToFlush(buffer, position);
        }
    }

    @Override
    public boolean flush(ByteBuffer... buffers) throws IOException {
        try {
            if (!deaf) {
                output.write(buffers);
            }
        } catch (IOException e) {
            if (!forgiving) {
                throw new EofException(e);
            }
            deaf = true;
        }
        if (deaf) {
            drop(buffers);
        }
        return true;
    }

    private static void drop(ByteBuffer... buffers) {
        for (ByteBuffer buffer : buffers) {
            buffer.position(buffer.limit());
        }
    }

    @Override
    protected void needsFillInterest() {
        // The owner is, or will be, in awaitReadable.
    }

    @Override
    protected void onIncompleteFlush() {
        throw new IllegalStateException("a blocking flush is never incomplete");
    }

    @Override
    protected void doShutdownOutput() {
        lingers = !forgiving;
        try {
            // On TLS this writes a record, which a peer that does not read can hold up.
            within(GRACE, () -> {
                socket.shutdownOutput();
                return true;
            });
        } catch (IOException e) {
            abort(false);
        }
    }

    @Override
    protected void doClose() {
        if (!lingers) {
            // Not socket.close(): TLS would first try to say goodbye, and block behind a peer that does not read.
            abort(false);
        }
    }

    @Override
    public Object getTransport() {
        return socket;
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return local;
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return remote;
    }

    @Override
    public @Nullable SslSessionData getSslSessionData() {
        return socket instanceof SSLSocket tls
                ? SslSessionData.from(tls.getSession(), null, tls.getSession().getCipherSuite(), new X509Certificate[0])
                : null;
    }
}
