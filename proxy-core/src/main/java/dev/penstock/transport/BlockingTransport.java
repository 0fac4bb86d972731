// SPDX-License-Identifier: Apache-2.0
package dev.penstock.transport;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Objects;
import org.eclipse.jetty.client.Destination;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.io.ClientConnectionFactory;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.Transport;
import org.eclipse.jetty.util.Promise;

/**
 * Connects jetty-client over a blocking socket, on the thread that asks. TLS is done by the socket, so the transport calls
 * itself intrinsically secure and Jetty adds no layer of its own.
 *
 * <p>Jetty keeps the transport of a destination's first request and connects every later one through it. So a transport stands
 * for a place, not for an attempt, and the attempt ({@link Dial}) comes with the thread that connects.
 *
 * <p>Immutable.
 */
public final class BlockingTransport implements Transport {
    private static final ScopedValue<Dial> ATTEMPT = ScopedValue.newInstance();

    /** Connects a destination whose requests carry a transport of this kind. The promise is kept before this returns. */
    public static void connect(
            Destination destination, Dial attempt, Promise<org.eclipse.jetty.client.Connection> promise) {
        ScopedValue.where(ATTEMPT, attempt).run(() -> destination.newConnection(promise));
    }

    @Override
    public void connect(SocketAddress ignored, Map<String, Object> context) {
        try {
            HttpClient client = (HttpClient) Objects.requireNonNull(context.get("org.eclipse.jetty.client.HttpClient"));
            Dial.Opened opened = ATTEMPT.get().open(client.getScheduler());
            open(BlockingEndPoint.ofClient(client.getScheduler(), opened.raw(), opened.socket()), context);
        } catch (Throwable e) {
            // Jetty's promise is how this method reports; whoever waits for it gets the cause.
            promise(context).failed(e);
        }
    }

    private void open(BlockingEndPoint endPoint, Map<String, Object> context) throws IOException {
        try {
            Connection connection = newConnection(endPoint, context);
            endPoint.setConnection(connection);
            endPoint.onOpen();
            connection.onOpen();
        } catch (Throwable e) {
            endPoint.close();
            throw e;
        }
    }

    @Override
    public Connection newConnection(EndPoint endPoint, Map<String, Object> context) throws IOException {
        ClientConnectionFactory factory =
                (ClientConnectionFactory) Objects.requireNonNull(context.get(ClientConnectionFactory.CONTEXT_KEY));
        return factory.newConnection(endPoint, context);
    }

    @Override
    public boolean isIntrinsicallySecure() {
        return true;
    }

    @Override
    public String toString() {
        return "blocking";
    }

    @SuppressWarnings("unchecked") // Jetty's context maps names to objects; this name holds this type.
    private static Promise<Connection> promise(Map<String, Object> context) {
        return (Promise<Connection>)
                Objects.requireNonNull(context.get(ClientConnector.CONNECTION_PROMISE_CONTEXT_KEY));
    }
}
