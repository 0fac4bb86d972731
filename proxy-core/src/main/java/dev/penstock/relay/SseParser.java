// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import java.util.Arrays;

/**
 * Cuts an upstream's bytes into the blocks of an event stream as they arrive, without decoding or changing one of them.
 *
 * <p>How it works. A block ends with a blank line, so finding its end needs two facts about the byte before: is the
 * line empty so far, and was the last byte a CR whose LF may still come. The scan for that runs over each byte once,
 * however the input is cut. A block that lies whole within one chunk is handed out in place; only the unfinished rest of
 * a chunk is copied and held until its end arrives.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>The raw bytes of all blocks, in order, followed by {@link #remaining()}, are the input.
 *   <li>Between calls {@code heldLength == 0} exactly when the last byte fed ended a block (or the LF of its CRLF).
 *   <li>At most {@code maxEventBytes} are held, and never allocated before they arrive. A block fits or not regardless
 *       of the cuts: the LF of a final CRLF is not counted, for it may come after the block was handed out.
 *   <li>A block is handed out at its blank line's CR. If the LF comes with a later chunk it is handed out as a block of
 *       its own, without data, so that it is never withheld from the client.
 * </ul>
 *
 * <p>Confined to the stream thread.
 */
public final class SseParser {
    /** What a held event needs at first; most events that were cut fit without growing. */
    private static final int FIRST_HOLD = 1024;

    /** A buffer larger than this is given back after the event: an idle stream must stay small. */
    private static final int KEPT_HOLD = 8 * 1024;

    /** An array cannot be much longer; larger limits mean this one. */
    private static final long LARGEST = 1L << 30;

    private static final byte[] NOTHING = {};
    private static final byte[] BOM = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final int NO_END = -1;

    private final long maxEventBytes;
    private final SseEvent view = new SseEvent();

    private byte[] held = NOTHING;
    private int heldLength;

    private boolean lineEmpty = true;
    private boolean afterCr;
    private boolean loneCr;
    private int bomMatched;
    private boolean started;
    private boolean seenId;

    /** A parser that holds at most {@code maxEventBytes} bytes of an unfinished event. */
    public SseParser(long maxEventBytes) {
        if (maxEventBytes < 1) {
            throw new IllegalArgumentException("maxEventBytes must be positive: " + maxEventBytes);
        }
        this.maxEventBytes = Math.min(maxEventBytes, LARGEST);
    }

    /**
     * Takes the next bytes and hands every block that ends within them to the sink, before it returns. The bytes are not
     * kept by reference.
     *
     * @throws EventTooLargeException if a block is longer than the limit; blocks before it were handed out
     * @throws X what the sink throws; the parser has then lost its place and must not be fed again
     */
    public <X extends Exception> void feed(byte[] buf, int off, int len, SseSink<X> sink) throws X {
        int end = off + len;
        int at = lateLineFeed(buf, off, end, sink);
        while (at < end) {
            int blockEnd = blockEnd(buf, at, end);
            if (blockEnd == NO_END) {
                hold(buf, at, end - at);
                return;
            }
            deliver(buf, at, blockEnd, sink);
            at = blockEnd;
        }
    }

    /** The LF of a CRLF that was cut after the block had been handed out. */
    private <X extends Exception> int lateLineFeed(byte[] buf, int at, int end, SseSink<X> sink) throws X {
        if (!afterCr || heldLength > 0 || at == end || buf[at] != '\n') {
            return at;
        }
        afterCr = false;
        loneCr = false;
        view.wrap(buf, at, 1, 0);
        sink.event(view);
        return at + 1;
    }

    /** The index after the blank line that ends the block, or {@link #NO_END}; remembers where the line stands. */
    private int blockEnd(byte[] buf, int from, int end) {
        int at = started ? from : byteOrderMark(buf, from, end);
        at = afterCr ? lineFeedOfCr(buf, at, end) : at;
        while (at < end) {
            int lineEnd = LineEnds.next(buf, at, end);
            lineEmpty &= lineEnd == at;
            if (lineEnd == end) {
                return NO_END;
            }
            at = endLine(buf, lineEnd, end);
            if (lineEmpty) {
                return at;
            }
            lineEmpty = true;
        }
        return NO_END;
    }

    private int endLine(byte[] buf, int lineEnd, int end) {
        int next = LineEnds.after(buf, lineEnd, end);
        boolean single = next == lineEnd + 1;
        if (buf[lineEnd] == '\r' && single && next == end) {
            afterCr = true; // only the next byte can tell
        } else {
            loneCr = single && buf[lineEnd] == '\r';
        }
        return next;
    }

    private int lineFeedOfCr(byte[] buf, int at, int end) {
        if (at == end) {
            return at;
        }
        afterCr = false;
        loneCr = buf[at] != '\n';
        return loneCr ? at : at + 1;
    }

    /** A byte order mark may open the stream and is no part of the first line. */
    private int byteOrderMark(byte[] buf, int from, int end) {
        int at = from;
        while (at < end && bomMatched < BOM.length && buf[at] == BOM[bomMatched]) {
            at++;
            bomMatched++;
        }
        if (at == end && bomMatched < BOM.length) {
            return at;
        }
        started = true;
        lineEmpty = bomMatched == 0 || bomMatched == BOM.length;
        return at;
    }

    private <X extends Exception> void deliver(byte[] buf, int at, int blockEnd, SseSink<X> sink) throws X {
        int bom = bomMatched == BOM.length ? BOM.length : 0;
        bomMatched = 0;
        boolean crlf = blockEnd - at > 1 && buf[blockEnd - 1] == '\n' && buf[blockEnd - 2] == '\r';
        checkSize(blockEnd - at - (crlf ? 1 : 0));
        if (heldLength == 0) {
            view.wrap(buf, at, blockEnd - at, bom);
            hand(sink);
            return;
        }
        append(buf, at, blockEnd - at);
        view.wrap(held, 0, heldLength, bom);
        heldLength = 0;
        hand(sink);
        release();
    }

    private <X extends Exception> void hand(SseSink<X> sink) throws X {
        seenId |= view.hasId();
        sink.event(view);
    }

    /** A buffer that grew large is given back, and the view must not keep it alive either. */
    private void release() {
        if (held.length > KEPT_HOLD) {
            held = NOTHING;
            view.wrap(NOTHING, 0, 0, 0);
        }
    }

    private void checkSize(int more) {
        if ((long) heldLength + more > maxEventBytes) {
            throw new EventTooLargeException(maxEventBytes);
        }
    }

    private void hold(byte[] buf, int at, int length) {
        checkSize(length);
        append(buf, at, length);
    }

    private void append(byte[] buf, int at, int length) {
        int needed = heldLength + length;
        if (held.length < needed) {
            long roomier = Math.min(maxEventBytes, Math.max(FIRST_HOLD, held.length * 2L));
            held = Arrays.copyOf(held, (int) Math.max(needed, roomier));
        }
        System.arraycopy(buf, at, held, heldLength, length);
        heldLength = needed;
    }

    /**
     * Whether everything fed so far ends exactly between two events, so that bytes of our own may be put there. After a
     * CR whose LF may still come the answer is no, unless the stream ends its lines with lone CRs.
     */
    public boolean atBoundary() {
        return heldLength == 0 && (!afterCr || loneCr);
    }

    /** Whether a block handed out so far carried an {@code id} line: clients then treat blank lines differently. */
    public boolean seenId() {
        return seenId;
    }

    /** How many bytes of an unfinished event are held. */
    public int pending() {
        return heldLength;
    }

    /** The bytes of the unfinished event, in an array of their own: what an upstream that was cut off left behind. */
    public byte[] remaining() {
        return Arrays.copyOf(held, heldLength);
    }
}
