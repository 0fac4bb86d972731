// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An HTTP/1.1 client on a plain socket: sends any bytes at any pace, reads with time stamps, leaves by FIN, RST or half-close, and
 * tells a finished body from a broken one. Confined to one thread at a time.
 */
public final class RawHttpClient implements AutoCloseable {
    private static final int BUFFER = 64 << 10;
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final Socket socket;
    private final PushbackInputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private String lastMethod = "GET";
    private long sentNanos = System.nanoTime();
    private Optional<ResponseHead> lastHead = Optional.empty();
    private Optional<BodyReading> reading = Optional.empty();

    private RawHttpClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new Unread(socket.getInputStream());
        patience(PATIENCE);
    }

    /** Connects to a port of the loopback interface. */
    public static RawHttpClient connect(int port) {
        return connect(port, 0);
    }

    /** Connects with a receive buffer of that size, set before connecting so that the window is small from the start. */
    public static RawHttpClient connect(int port, int receiveBuffer) {
        return connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), receiveBuffer);
    }

    public static RawHttpClient connect(InetSocketAddress address, int receiveBuffer) {
        try {
            var socket = new Socket();
            if (receiveBuffer > 0) {
                socket.setReceiveBufferSize(receiveBuffer);
            }
            socket.setTcpNoDelay(true);
            socket.connect(address, 5000);
            return new RawHttpClient(socket);
        } catch (IOException e) {
            throw new UncheckedIOException("no connection to " + address, e);
        }
    }

    /** Speaks over a socket of the caller's making, for instance one with TLS. */
    public static RawHttpClient over(Socket socket) throws IOException {
        return new RawHttpClient(socket);
    }

    /** How long a read may block before it counts as {@link BodyEnd#STILL_OPEN}. */
    public RawHttpClient patience(Duration limit) throws IOException {
        socket.setSoTimeout(Math.toIntExact(limit.toMillis()));
        return this;
    }

    public RawHttpClient send(String text) throws IOException {
        return send(text.getBytes(ISO_8859_1));
    }

    public RawHttpClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        sentNanos = System.nanoTime();
        return this;
    }

    public RawHttpClient send(RawRequest request) throws IOException {
        lastMethod = request.method();
        return send(request.bytes());
    }

    /** Sends a request and reads the whole response. */
    public Response exchange(RawRequest request) throws IOException {
        return send(request).readResponse();
    }

    /** Reads a whole response: interim heads, head, body. */
    public Response readResponse() throws IOException {
        var interim = new ArrayList<ResponseHead>();
        ResponseHead head = readHead();
        while (head.isInterim()) {
            interim.add(head);
            head = readHead();
        }
        return readRest(interim, head);
    }

    /** Reads the rest of a response whose head was read already. */
    public Response readRest(ResponseHead head) throws IOException {
        return readRest(List.of(), head);
    }

    /** Reads the rest of the response whose head was read last. */
    public Response readRest() throws IOException {
        return readRest(List.of(), lastHead.orElseThrow(() -> new IllegalStateException("no head was read")));
    }

    private Response readRest(List<ResponseHead> interim, ResponseHead head) throws IOException {
        List<Arrival> arrivals = readBody();
        return new Response(interim, head, arrivals, end(), sentNanos, System.nanoTime());
    }

    /** Reads the next head, interim or not; fails if the peer ends instead. */
    public ResponseHead readHead() throws IOException {
        return tryReadHead().orElseThrow(() -> new EOFException("the connection ended instead of a response"));
    }

    /** Reads the next head, or nothing if the peer ended the connection in order. */
    public Optional<ResponseHead> tryReadHead() throws IOException {
        Optional<MessageHead> message = MessageHead.read(in);
        if (message.isEmpty()) {
            return Optional.empty();
        }
        var head = new ResponseHead(message.get(), System.nanoTime());
        lastHead = Optional.of(head);
        reading = Optional.of(new BodyReading(head.message(), head.hasNoBody(lastMethod)));
        return Optional.of(head);
    }

    /** Reads the body to its end, whatever that is: see {@link #end}. */
    public List<Arrival> readBody() throws IOException {
        var all = new ArrayList<Arrival>();
        Optional<Arrival> next = readSome();
        while (next.isPresent()) {
            all.add(next.get());
            next = readSome();
        }
        return all;
    }

    /** Waits for more of the body: what one read of the socket gives; empty at its end. */
    public Optional<Arrival> readSome() throws IOException {
        BodyReading body = reading.orElseThrow(() -> new IllegalStateException("no head was read"));
        while (!body.ended()) {
            byte[] bytes = readOnce(body);
            if (bytes.length > 0) {
                return Optional.of(new Arrival(bytes, System.nanoTime()));
            }
        }
        return Optional.empty();
    }

    private byte[] readOnce(BodyReading body) throws IOException {
        try {
            int n = in.read(buffer, 0, buffer.length);
            if (n < 0) {
                body.connectionEnded();
                return new byte[0];
            }
            var out = new ByteArrayOutputStream();
            int used = body.take(buffer, n, out);
            in.unread(buffer, used, n - used);
            return out.toByteArray();
        } catch (SocketTimeoutException e) {
            body.end(BodyEnd.STILL_OPEN);
        } catch (SocketException e) {
            body.end(BodyEnd.RESET);
        }
        return new byte[0];
    }

    /** How the body ended; only after all of it was read. */
    public BodyEnd end() {
        return reading.flatMap(BodyReading::end)
                .orElseThrow(() -> new IllegalStateException("the body was not read to its end"));
    }

    /** Reads until so many whole events (blank lines) have come, or the end. */
    public String readEvents(int count) throws IOException {
        var text = new StringBuilder();
        while (occurrences(text) < count) {
            Optional<Arrival> next = readSome();
            if (next.isEmpty()) {
                break;
            }
            text.append(next.get().text());
        }
        return text.toString();
    }

    /** Reads the head, then so many events. */
    public String readEventsAfterHead(int count) throws IOException {
        readHead();
        return readEvents(count);
    }

    private static int occurrences(StringBuilder text) {
        int count = 0;
        for (int at = text.indexOf("\n\n"); at >= 0; at = text.indexOf("\n\n", at + 2)) {
            count++;
        }
        return count;
    }

    /** Everything until the peer ends the connection, framing and all. */
    public byte[] readUntilClosed() throws IOException {
        var all = new ByteArrayOutputStream();
        try {
            int n = in.read(buffer);
            while (n >= 0) {
                all.write(buffer, 0, n);
                n = in.read(buffer);
            }
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (SocketException e) {
            return all.toByteArray();
        }
        return all.toByteArray();
    }

    /** True if the peer ends the connection, in order or not, within the limit and without another byte. */
    public boolean isClosedByPeerWithin(Duration limit) throws IOException {
        socket.setSoTimeout(Math.toIntExact(Math.max(1, limit.toMillis())));
        try {
            return in.read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (SocketException e) {
            return true;
        }
    }

    public InputStream in() {
        return in;
    }

    public Socket socket() {
        return socket;
    }

    /** Ends the output and keeps reading. */
    public void halfClose() throws IOException {
        socket.shutdownOutput();
    }

    /** Leaves by RST. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Leaves by FIN. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives what was pushed back without waiting for more, which its parent does. */
    private static final class Unread extends PushbackInputStream {
        Unread(InputStream in) {
            super(in, BUFFER);
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int pushedBack = buf.length - pos;
            return super.read(target, offset, pushedBack > 0 ? Math.min(pushedBack, length) : length);
        }
    }
}
