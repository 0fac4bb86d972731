// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import dev.penstock.testing.Departure.How;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * One accepted connection: a virtual thread plays scripts request by request, a second one reads ahead and sees the peer leave.
 * Thread-safe: the two meet in the inbox and in atomics.
 */
final class UpstreamConnection {
    private final ScriptedUpstream upstream;
    private final long number;
    private final Socket socket;
    private final Inbox inbox = new Inbox();
    private final AtomicReference<Optional<Exchange>> current = new AtomicReference<>(Optional.empty());
    private final AtomicReference<Optional<Departure>> departure = new AtomicReference<>(Optional.empty());

    UpstreamConnection(ScriptedUpstream upstream, long number, Socket socket) {
        this.upstream = upstream;
        this.number = number;
        this.socket = socket;
    }

    boolean isIdle() {
        return current.get().isEmpty();
    }

    Optional<Departure> departure() {
        return departure.get();
    }

    void close() {
        inbox.leave();
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError("a socket that cannot be closed", e);
        }
        inbox.end();
    }

    void run() {
        Thread.ofVirtual().name("scripted-reader-" + number).start(this::readAhead);
        try {
            while (converse()) {
                current.set(Optional.empty());
            }
        } catch (IOException e) {
            peerLeft(How.RESET);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            current.get().ifPresent(Exchange::end);
            close();
            upstream.closed(this);
        }
    }

    private void readAhead() {
        try {
            var in = socket.getInputStream();
            byte[] buffer = new byte[16 << 10];
            while (true) {
                inbox.awaitRoom();
                int n = in.read(buffer);
                if (n < 0) {
                    long at = System.nanoTime();
                    // Only one side of a socket hears of a reset; a write that did is given the time to say so.
                    LockSupport.parkNanos(5_000_000);
                    peerLeft(new Departure(How.FIN, at));
                    return;
                }
                inbox.offer(Arrays.copyOf(buffer, n));
            }
        } catch (IOException e) {
            peerLeft(How.RESET);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            inbox.end();
        }
    }

    private void peerLeft(How how) {
        peerLeft(new Departure(how, System.nanoTime()));
    }

    /** A departure counts only if we have not closed the socket ourselves. */
    private void peerLeft(Departure left) {
        if (inbox.hasLeft()) {
            return;
        }
        departure.compareAndSet(Optional.empty(), Optional.of(left));
        current.get().ifPresent(exchange -> exchange.peerLeft(left));
    }

    private boolean converse() throws IOException, InterruptedException {
        Optional<MessageHead> head = MessageHead.read(inbox);
        if (head.isEmpty()) {
            return false;
        }
        long now = System.nanoTime();
        var bare = new RecordedRequest(head.get(), new byte[0], new byte[0], number, now);
        Playbook playbook = upstream.playbook();
        RecordedRequest request = playbook.readsBody(bare) ? readBody(head.get(), now) : bare;
        var exchange = new Exchange(request);
        current.set(Optional.of(exchange));
        departure.get().ifPresent(exchange::peerLeft);
        upstream.began(exchange);
        var conversation = new Conversation(exchange, socket, inbox);
        try {
            playbook.choose(request).play(conversation);
        } catch (IOException e) {
            peerLeft(How.RESET);
            throw e;
        } finally {
            upstream.finished(exchange);
            exchange.end();
        }
        return !conversation.isClosed();
    }

    private RecordedRequest readBody(MessageHead head, long at) throws IOException {
        var raw = new ByteArrayOutputStream();
        var body = new ByteArrayOutputStream();
        try {
            if (head.isChunked()) {
                readChunked(raw, body);
            } else {
                readCounted(head.contentLength().orElse(0L), raw);
                raw.writeTo(body);
            }
        } catch (IOException e) {
            upstream.abandoned(new RecordedRequest(head, raw.toByteArray(), body.toByteArray(), number, at));
            throw e;
        }
        return new RecordedRequest(head, raw.toByteArray(), body.toByteArray(), number, at);
    }

    private void readChunked(ByteArrayOutputStream raw, ByteArrayOutputStream body) throws IOException {
        var decoder = new ChunkedDecoder();
        while (!decoder.done()) {
            int b = inbox.read();
            if (b < 0) {
                throw new EOFException("end inside a chunked body");
            }
            raw.write(b);
            decoder.feed(new byte[] {(byte) b}, 1, body);
        }
    }

    private void readCounted(long length, ByteArrayOutputStream raw) throws IOException {
        byte[] buffer = new byte[16 << 10];
        while (raw.size() < length) {
            int n = inbox.read(buffer, 0, (int) Math.min(buffer.length, length - raw.size()));
            if (n < 0) {
                throw new EOFException("end inside a body of " + length + " bytes after " + raw.size());
            }
            raw.write(buffer, 0, n);
        }
    }
}
