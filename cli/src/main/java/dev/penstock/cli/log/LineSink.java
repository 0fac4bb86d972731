// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Writes lines to a stream that may stall. Whoever has a line puts it into a queue bounded in bytes and goes on; a daemon
 * thread writes what has gathered in one go. A line that finds the queue full, or that the stream refuses, is dropped and
 * counted. Nobody waits, but for {@link #close}, which gives the stream a moment to take what is left.
 *
 * <p>Thread-safe: the queue and the counters are concurrent, the stream belongs to the writing thread.
 */
final class LineSink implements AutoCloseable {
    static final long CAPACITY = 4L * 1024 * 1024; // bytes
    private static final int PER_LINE = 64; // bytes a queued line costs beside its text, roughly
    private static final int BATCH = 64 * 1024; // bytes
    private static final Duration FLUSH = Duration.ofSeconds(2);
    private static final byte[] END = new byte[0]; // no line is empty: it has its line end

    private final OutputStream out;
    private final LinkedBlockingQueue<byte[]> queue = new LinkedBlockingQueue<>(); // bounded by `pending`
    private final AtomicLong pending = new AtomicLong();
    private final LongAdder dropped = new LongAdder();
    private final Thread writer;
    private volatile boolean closed; // written by close, read by whoever has a line

    private LineSink(OutputStream out, String name) {
        this.out = out;
        this.writer = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    static LineSink start(OutputStream out, String name) {
        var sink = new LineSink(out, name);
        sink.writer.start();
        return sink;
    }

    /** Takes the text with its line end, or drops it. */
    void write(String text) {
        var bytes = text.getBytes(UTF_8);
        var cost = bytes.length + PER_LINE;
        var full = pending.addAndGet(cost) > CAPACITY;
        if (full || closed) {
            pending.addAndGet(-cost);
            dropped.increment();
        } else {
            queue.add(bytes);
        }
    }

    /** Lines that were never written, since the start. */
    long dropped() {
        return dropped.sum();
    }

    /** Whoever comes second waits too: if the process ends next, this is the last chance of what is left. */
    @Override
    public void close() {
        closed = true;
        queue.add(END);
        try {
            writer.join(FLUSH);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            var batch = new ByteArrayOutputStream(BATCH);
            var open = true;
            while (open) {
                open = writeBatch(queue.take(), batch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does that; if somebody did, the lines stay in the queue
        }
    }

    /** Writes a line and those that have gathered behind it; false once the end was among them. */
    private boolean writeBatch(byte[] first, ByteArrayOutputStream batch) {
        batch.reset();
        var lines = 0;
        var next = first;
        while (next != null && next.length > 0) {
            batch.writeBytes(next);
            lines++;
            next = batch.size() < BATCH ? queue.poll() : null;
        }
        flush(batch, lines);
        return next == null || next.length > 0;
    }

    private void flush(ByteArrayOutputStream batch, int lines) {
        try {
            batch.writeTo(out);
            out.flush();
        } catch (IOException e) {
            dropped.add(lines); // the reader is gone or the disk is full; a later line may find it better
        }
        pending.addAndGet(-(batch.size() + (long) lines * PER_LINE));
    }
}
