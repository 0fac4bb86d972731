// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The stage a script plays on: one exchange on one connection. Every waiting step ends early, by an exception, when the peer leaves.
 * Confined to the connection's thread.
 */
public final class Conversation {
    private static final Duration FOR_EVER = Duration.ofMinutes(10);

    private final Exchange exchange;
    private final Socket socket;
    private final Inbox inbox;
    private final OutputStream out;
    private boolean chunked;
    private boolean bounded;
    private boolean closed;

    Conversation(Exchange exchange, Socket socket, Inbox inbox) throws IOException {
        this.exchange = exchange;
        this.socket = socket;
        this.inbox = inbox;
        this.out = socket.getOutputStream();
    }

    public RecordedRequest request() {
        return exchange.request();
    }

    public Exchange exchange() {
        return exchange;
    }

    /** Writes bytes as they are. */
    public void raw(byte[] bytes) throws IOException {
        out.write(bytes);
        exchange.sent(bytes.length);
    }

    public void raw(String text) throws IOException {
        raw(text.getBytes(ISO_8859_1));
    }

    /** Writes a response head and remembers from its lines how the body is framed. */
    public void head(String statusLine, String... lines) throws IOException {
        var head = new StringBuilder(statusLine).append("\r\n");
        for (String line : lines) {
            head.append(line).append("\r\n");
            String lower = line.toLowerCase(Locale.ROOT).replace(" ", "");
            chunked |= lower.equals("transfer-encoding:chunked");
            bounded |= lower.startsWith("content-length:");
        }
        raw(head.append("\r\n").toString());
    }

    /** Writes body bytes in the framing of the head: one chunk, one write. */
    public void body(byte[] bytes) throws IOException {
        if (!chunked || bytes.length == 0) {
            raw(bytes);
            return;
        }
        byte[] size = (Integer.toHexString(bytes.length) + "\r\n").getBytes(ISO_8859_1);
        byte[] framed = new byte[size.length + bytes.length + 2];
        System.arraycopy(size, 0, framed, 0, size.length);
        System.arraycopy(bytes, 0, framed, size.length, bytes.length);
        framed[framed.length - 2] = '\r';
        framed[framed.length - 1] = '\n';
        raw(framed);
    }

    /** Writes one event (or anything that counts as one). */
    public void event(String text) throws IOException {
        body(text.getBytes(UTF_8));
        exchange.eventSent();
    }

    /** Ends the body: the final chunk, nothing for a counted body, close for one that ends with the connection. */
    public void end() throws IOException {
        if (chunked) {
            raw("0\r\n\r\n");
        } else if (!bounded) {
            close();
        }
    }

    public void pause(Duration time) throws IOException, InterruptedException {
        try {
            exchange.awaitDepartureQuietly(time);
            throw new PeerLeftException();
        } catch (TimeoutException e) {
            return;
        } catch (ExecutionException e) {
            throw new IOException(e);
        }
    }

    /** Says nothing until the peer leaves. */
    public void silence() throws IOException, InterruptedException {
        pause(FOR_EVER);
    }

    /** Waits for the gate, or for the peer to leave. */
    public void gate(CountDownLatch gate) throws IOException, InterruptedException {
        while (!gate.await(10, TimeUnit.MILLISECONDS)) {
            if (exchange.departure().isPresent()) {
                throw new PeerLeftException();
            }
        }
    }

    /** Takes no more bytes from the peer: its writes will block, and its FIN goes unseen. */
    public void stopReading() {
        inbox.pause();
    }

    public void halfClose() throws IOException {
        socket.shutdownOutput();
    }

    public void close() throws IOException {
        closed = true;
        inbox.leave();
        socket.close();
    }

    /** Closes with RST. */
    public void reset() throws IOException {
        closed = true;
        inbox.leave();
        socket.setSoLinger(true, 0);
        socket.close();
    }

    boolean isClosed() {
        return closed;
    }
}
