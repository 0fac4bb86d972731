// SPDX-License-Identifier: Apache-2.0
package dev.penstock.transport;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Objects;
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
 * <p>Confined to the thread that connects.
 */
public final class BlockingTransport implements Transport {
    private final Dial dial;

    public BlockingTransport(Dial dial) {
        this.dial = dial;
    }

    @Override
    public void connect(SocketAddress ignored, Map<String, Object> context) {
        try {
            HttpClient client = (HttpClient) Objects.requireNonNull(context.get("org.eclipse.jetty.client.HttpClient"));
            Dial.Opened opened = dial.open();
            open(new BlockingEndPoint(client.getScheduler(), opened.raw(), opened.socket()), context);
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

    /** Transports of one target are one destination to Jetty, whichever attempt they belong to. */
    @Override
    public boolean equals(Object other) {
        return other instanceof BlockingTransport transport
                && transport.dial.target().equals(dial.target());
    }

    @Override
    public int hashCode() {
        return dial.target().hashCode();
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
