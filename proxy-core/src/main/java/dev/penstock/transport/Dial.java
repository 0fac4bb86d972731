// SPDX-License-Identifier: Apache-2.0
package dev.penstock.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * One attempt to open a socket to a model server: resolve, connect, TLS handshake, all under one deadline, blocking the caller.
 *
 * <p>Thread-safe: one thread dials; any thread may {@link #abort}.
 */
public final class Dial {
    /** Bounds what the kernel hides of a stalled stream: the model server feels a slow reader after this and its own buffer. */
    private static final int RECEIVE_BUFFER = 256 * 1024;

    private final Target target;
    private final Duration timeout;
    private final NameLookup names;
    /** Written by the scheduler, read by the dialling thread. */
    private volatile boolean expired;

    private final AtomicReference<State> state = new AtomicReference<>(new State.Pending());

    /** Where to connect. {@code tls} is empty for plain HTTP. Immutable. */
    public record Target(String host, int port, Optional<ClientTls> tls) {
        public Target {
            Objects.requireNonNull(host, "host");
            Objects.requireNonNull(tls, "tls");
        }
    }

    /** A connected pair: the TCP socket, and what to read and write, which is the same socket or the TLS layer above it. */
    record Opened(Socket raw, Socket socket) {}

    private sealed interface State {
        record Pending() implements State {}

        /** What ends the step that is under way. */
        record UnderWay(Runnable abort) implements State {}

        record Aborted() implements State {}
    }

    /** The attempt begins when a transport takes it; the timeout covers all of it. */
    public Dial(Target target, Duration timeout, NameLookup names) {
        this.target = target;
        this.timeout = timeout;
        this.names = names;
    }

    /** Gives the attempt up, under way or not yet begun. Idempotent, for any thread; a connection already opened is reset. */
    public void abort() {
        if (state.getAndSet(new State.Aborted()) instanceof State.UnderWay step) {
            step.abort().run();
        }
    }

    Opened open(Scheduler scheduler) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        Scheduler.Task guard = scheduler.schedule(this::expire, timeout.toMillis(), TimeUnit.MILLISECONDS);
        try {
            return open(deadline);
        } catch (IOException e) {
            throw expired ? timedOut(e) : e;
        } finally {
            guard.cancel();
        }
    }

    /** A handshake is many reads, each within the timeout; so the attempt as a whole is bounded from outside too. */
    private void expire() {
        expired = true;
        abort();
    }

    private Opened open(long deadline) throws IOException {
        Socket raw = connectAny(resolve(deadline), deadline);
        try {
            Socket socket =
                    target.tls().isPresent() ? handshake(raw, target.tls().get(), deadline) : raw;
            raw.setSoTimeout(0);
            return new Opened(raw, socket);
        } catch (Throwable e) {
            Sockets.close(raw);
            throw e;
        }
    }

    private static SocketTimeoutException timedOut(IOException cause) {
        return (SocketTimeoutException) new SocketTimeoutException("connect timed out").initCause(cause);
    }

    private List<InetAddress> resolve(long deadline) throws IOException {
        if (isLiteral(target.host())) {
            return List.of(InetAddress.ofLiteral(target.host()));
        }
        Future<List<InetAddress>> lookup = names.begin(target.host());
        underWay(() -> lookup.cancel(true));
        return NameLookup.await(lookup, millisUntil(deadline));
    }

    private static boolean isLiteral(String host) {
        return host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
    }

    /** Tries the addresses in turn; each gets its share of the time that is left, so that a dead one does not use it all. */
    private Socket connectAny(List<InetAddress> addresses, long deadline) throws IOException {
        IOException last = new UnknownHostException(target.host());
        for (int i = 0; i < addresses.size(); i++) {
            try {
                int share = Math.max(1, millisUntil(deadline) / (addresses.size() - i));
                return connect(new InetSocketAddress(addresses.get(i), target.port()), share);
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    private Socket connect(InetSocketAddress address, int timeoutMillis) throws IOException {
        Socket socket = new Socket();
        try {
            underWay(() -> Sockets.reset(socket));
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            socket.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
            socket.connect(address, timeoutMillis);
            return socket;
        } catch (Throwable e) {
            Sockets.close(socket);
            throw e;
        }
    }

    private void underWay(Runnable abort) throws IOException {
        State after = state.updateAndGet(s -> s instanceof State.Aborted ? s : new State.UnderWay(abort));
        if (after instanceof State.Aborted) {
            abort.run();
            throw new IOException("aborted before connecting");
        }
    }

    private Socket handshake(Socket raw, ClientTls tls, long deadline) throws IOException {
        String name = tls.serverName().orElse(target.host());
        SSLSocket socket = (SSLSocket) tls.context().getSocketFactory().createSocket(raw, name, target.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        serverName(name).ifPresent(asked -> parameters.setServerNames(List.of(asked)));
        socket.setSSLParameters(parameters);
        raw.setSoTimeout(millisUntil(deadline));
        socket.startHandshake();
        return socket;
    }

    /** Java would not ask for a name without a dot, which is what a service's name often is. */
    private static Optional<SNIServerName> serverName(String name) {
        try {
            return isLiteral(name) ? Optional.empty() : Optional.of(new SNIHostName(name));
        } catch (IllegalArgumentException e) {
            // Not a name that can be asked for; it can still be verified.
            return Optional.empty();
        }
    }

    private static int millisUntil(long deadline) throws SocketTimeoutException {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw timedOut(new IOException("no time left"));
        }
        return (int) Math.min(Integer.MAX_VALUE, millis);
    }
}
