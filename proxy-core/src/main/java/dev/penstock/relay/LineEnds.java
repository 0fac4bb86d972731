// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds the ends of lines in bytes, eight at a time. LF, CR and CRLF end a line; neither byte occurs inside a UTF-8
 * sequence, so nothing needs decoding.
 *
 * <p>Immutable.
 */
final class LineEnds {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = ONES << 7;
    private static final long LF = ONES * '\n';
    private static final long CR = ONES * '\r';

    private LineEnds() {}

    /** The index of the first CR or LF in {@code [from, end)}, or {@code end}. */
    static int next(byte[] buf, int from, int end) {
        int at = from;
        for (int last = end - Long.BYTES; at <= last; at += Long.BYTES) {
            long word = (long) WORD.get(buf, at);
            long hits = zeroBytes(word ^ LF) | zeroBytes(word ^ CR);
            if (hits != 0) {
                return at + (Long.numberOfTrailingZeros(hits) >>> 3);
            }
        }
        while (at < end && buf[at] != '\n' && buf[at] != '\r') {
            at++;
        }
        return at;
    }

    /** The index after the line end at {@code at}, taking CR and LF together where both are there. */
    static int after(byte[] buf, int at, int end) {
        int next = at + 1;
        return buf[at] == '\r' && next < end && buf[next] == '\n' ? next + 1 : next;
    }

    /** Marks zero bytes by their high bit. Marks above the lowest one may be false, so only the lowest counts. */
    private static long zeroBytes(long word) {
        return (word - ONES) & ~word & HIGHS;
    }
}
