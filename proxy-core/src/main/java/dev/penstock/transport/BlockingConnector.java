// SPDX-License-Identifier: Apache-2.0
package dev.penstock.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts blocking sockets for Jetty and gives each connection a virtual thread of its own, on which Jetty's HTTP connection
 * and our handler run ({@link ConnectionLoop}).
 *
 * <p>Thread-safe: one platform thread accepts; {@link #bind}, start and stop belong to the launcher's thread.
 */
public final class BlockingConnector extends AbstractConnector {
    private static final Logger LOG = LoggerFactory.getLogger(BlockingConnector.class);
    private static final int BACKLOG = 4096;

    private final Settings settings;

    /** Written by a reload, read by the acceptor. */
    private volatile Optional<SSLContext> tls;

    private final AtomicLong connections = new AtomicLong();
    private @Nullable ServerSocket listener;

    /**
     * How to listen.
     *
     * @param address port 0 picks a free one
     * @param reusePort several processes may listen on the port
     * @param maxConnections connections beyond this are closed as they come
     * @param sendBuffer bytes of kernel buffer towards a client; bounds what a slow reader hides
     * @param keepAlive how long an idle connection is kept
     * @param requestHead how long a request's head may take from its first byte
     * @param lateHead what a client is told whose head took longer
     */
    public record Settings(
            InetSocketAddress address,
            Optional<SSLContext> tls,
            boolean reusePort,
            int maxConnections,
            int sendBuffer,
            Duration keepAlive,
            Duration requestHead,
            LateHead lateHead) {}

    /** Answers for requests whose head did not come in time, of which nobody else hears. Called by connections' threads. */
    @FunctionalInterface
    public interface LateHead {
        /** A whole answer, as it goes over the wire; the connection is closed after it. */
        byte[] answer(InetSocketAddress client);
    }

    public BlockingConnector(Server server, HttpConnectionFactory http, Settings settings) {
        this(server, http, new ArrayByteBufferPool(), settings);
    }

    BlockingConnector(Server server, HttpConnectionFactory http, ByteBufferPool buffers, Settings settings) {
        super(server, null, null, buffers, 1, http);
        this.settings = settings;
        this.tls = settings.tls();
        // Jetty would remember header fields per connection, from its second request on: 45 KB for each that is kept
        // alive.
        http.getHttpConfiguration().setHeaderCacheSize(0);
        setIdleTimeout(0);
        setShutdownIdleTimeout(-1);
    }

    /** Takes the port, before anything is started, so that a port in use is known first. Returns the address bound. */
    public InetSocketAddress bind() throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            if (settings.reusePort()) {
                socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            }
            socket.bind(settings.address(), BACKLOG);
        } catch (IOException e) {
            socket.close();
            throw new IOException(
                    "cannot listen on " + settings.address().getHostString() + ":"
                            + settings.address().getPort() + ": " + e.getMessage(),
                    e);
        }
        listener = socket;
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    /** Stops accepting and frees the port; open connections go on. Idempotent. */
    public void stopAccepting() throws IOException {
        ServerSocket socket = listener;
        if (socket != null) {
            socket.close();
        }
    }

    @Override
    protected void accept(int acceptor) throws IOException {
        ServerSocket socket = listener;
        if (socket == null || socket.isClosed()) {
            throw new IOException("not listening");
        }
        Socket accepted = socket.accept();
        try {
            open(accepted);
        } catch (IOException | RuntimeException e) {
            // This client's trouble, and no reason to stop accepting others.
            LOG.debug("a connection did not begin", e);
            Sockets.close(accepted);
        }
    }

    @Override
    protected boolean handleAcceptFailure(Throwable failure) {
        return listener != null && !listener.isClosed() && super.handleAcceptFailure(failure);
    }

    private void open(Socket accepted) throws IOException {
        if (getConnectedEndPoints().size() >= settings.maxConnections()) {
            accepted.close();
            return;
        }
        accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
        accepted.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        accepted.setOption(StandardSocketOptions.SO_SNDBUF, settings.sendBuffer());
        BlockingEndPoint endPoint = BlockingEndPoint.ofServer(getScheduler(), accepted, secured(accepted));
        onEndPointOpened(endPoint);
        ConnectionLoop loop = new ConnectionLoop(this, endPoint, settings);
        Thread.ofVirtual().name("connection-" + connections.incrementAndGet()).start(loop);
    }

    /** Connections that are accepted from now on show this certificate; the others go on as they are. */
    public void renew(SSLContext context) {
        tls = Optional.of(context);
    }

    private Socket secured(Socket accepted) throws IOException {
        Optional<SSLContext> context = tls;
        if (context.isEmpty()) {
            return accepted;
        }
        SSLSocket socket =
                (SSLSocket) context.get().getSocketFactory().createSocket(accepted, null, accepted.getPort(), true);
        socket.setUseClientMode(false);
        return socket;
    }

    void closed(BlockingEndPoint endPoint) {
        onEndPointClosed(endPoint);
    }

    @Override
    public @Nullable Object getTransport() {
        return listener;
    }

    @Override
    protected void doStop() throws Exception {
        stopAccepting();
        super.doStop();
        for (org.eclipse.jetty.io.EndPoint endPoint : List.copyOf(getConnectedEndPoints())) {
            endPoint.close();
        }
    }
}
