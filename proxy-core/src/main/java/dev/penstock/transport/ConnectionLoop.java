// SPDX-License-Identifier: Apache-2.0
package dev.penstock.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of one client connection, on its own virtual thread: wait for input, let Jetty parse it and run the handler, again.
 *
 * <p>Two deadlines live here because no request exists yet that could own them: how long an idle connection is kept, and how
 * long a request's head may take once its first byte has come. A head that is too slow is answered 408 and closed.
 *
 * <p>Confined to the connection's thread.
 */
final class ConnectionLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionLoop.class);
    private static final Duration LINGER = Duration.ofSeconds(2);

    private final BlockingConnector connector;
    private final BlockingEndPoint endPoint;
    private final BlockingConnector.Settings settings;

    ConnectionLoop(BlockingConnector connector, BlockingEndPoint endPoint, BlockingConnector.Settings settings) {
        this.connector = connector;
        this.endPoint = endPoint;
        this.settings = settings;
    }

    @Override
    public void run() {
        try {
            endPoint.handshake(settings.requestHead());
            serve(open());
        } catch (Throwable e) {
            // The one place where a connection's thread ends: what went wrong here concerns this connection alone.
            LOG.debug("connection ended", e);
        } finally {
            endPoint.close();
            endPoint.abort(false);
            connector.closed(endPoint);
        }
    }

    private HttpConnection open() {
        Connection connection = connector.getDefaultConnectionFactory().newConnection(connector, endPoint);
        endPoint.setConnection(connection);
        endPoint.onOpen();
        connection.onOpen();
        return (HttpConnection) connection;
    }

    private void serve(HttpConnection connection) throws IOException {
        while (endPoint.isOpen() && endPoint.isFillInterested() && !endPoint.isOutputShutdown()) {
            if (!awaitRequest(connection)) {
                break;
            }
        }
        if (endPoint.lingers()) {
            linger();
        }
    }

    /**
     * Our last answer is written. Closing now, with input unread, would send RST, and a client that is still sending would lose the
     * answer; so what comes is thrown away for a moment. Jetty takes the end point for closed by then when a body was not read.
     */
    private void linger() {
        long deadline = System.nanoTime() + LINGER.toNanos();
        long left = LINGER.toMillis();
        while (left > 0 && endPoint.awaitReadable(left) == Readiness.READY) {
            endPoint.discardInput();
            left = (deadline - System.nanoTime()) / 1_000_000;
        }
    }

    /** Reads one head, however many pieces it comes in, and serves what is complete. False ends the connection. */
    private boolean awaitRequest(HttpConnection connection) throws IOException {
        if (endPoint.awaitRequest(settings.keepAlive().toMillis()) == Readiness.TIMEOUT) {
            return false;
        }
        long deadline = System.nanoTime() + settings.requestHead().toNanos();
        endPoint.fillable();
        while (isInHead(connection)) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0 || endPoint.awaitRequest(left) == Readiness.TIMEOUT) {
                answerTimeout();
                return false;
            }
            endPoint.fillable();
        }
        return true;
    }

    private boolean isInHead(HttpConnection connection) {
        return endPoint.isOpen()
                && endPoint.isFillInterested()
                && !connection.getParser().isStart();
    }

    private void answerTimeout() throws IOException {
        byte[] answer = settings.lateHead().answer((InetSocketAddress) endPoint.getRemoteSocketAddress());
        endPoint.within(settings.requestHead(), () -> endPoint.flush(ByteBuffer.wrap(answer)));
        endPoint.shutdownOutput();
    }
}
