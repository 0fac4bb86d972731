// SPDX-License-Identifier: Apache-2.0
package dev.penstock.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * TLS for tests, from PEM files that expire in a hundred years: an authority, a certificate for localhost, 127.0.0.1, ::1 and
 * model.test, and one for elsewhere.test. Without state.
 */
public final class Tls {
    private Tls() {}

    private static Path file(String name) {
        try {
            return Path.of(Objects.requireNonNull(Tls.class.getResource("/tls/" + name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    public static SSLContext server() throws IOException {
        return Pem.server(file("server.pem"), file("server-key.pem"));
    }

    public static SSLContext elsewhere() throws IOException {
        return Pem.server(file("elsewhere.pem"), file("elsewhere-key.pem"));
    }

    public static SSLContext trusting() throws IOException {
        return Pem.trusting(file("ca.pem"));
    }

    public static ClientTls client() throws IOException {
        return new ClientTls(trusting(), Optional.empty());
    }

    public static ClientTls client(String serverName) throws IOException {
        return new ClientTls(trusting(), Optional.of(serverName));
    }

    /** A listener on loopback whose connections speak TLS. */
    public static ServerSocket listen(SSLContext context) throws IOException {
        return context.getServerSocketFactory().createServerSocket(0, 100, InetAddress.getLoopbackAddress());
    }

    /** A listener for one protocol version. */
    public static ServerSocket listen(SSLContext context, String protocol) throws IOException {
        SSLServerSocket listener = (SSLServerSocket) listen(context);
        listener.setEnabledProtocols(new String[] {protocol});
        return listener;
    }

    /** TLS to a port of loopback, with the handshake done. */
    public static SSLSocket connect(int port) throws IOException {
        return over(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** TLS over a socket that is already connected. */
    public static SSLSocket over(Socket socket) throws IOException {
        SSLSocket tls =
                (SSLSocket) trusting().getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true);
        tls.startHandshake();
        return tls;
    }
}
