// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import java.io.ByteArrayInputStream;

/**
 * A body that is read in pieces, so that reading a large one is fair: virtual threads are not time-sliced, and a body of
 * many megabytes, whatever it holds, would keep its carrier from all other streams for the time of one parse.
 *
 * <p>Confined to the stream thread.
 */
final class BodyInput extends ByteArrayInputStream {
    /** What may be read before the carrier is offered to others: well under a millisecond's work. */
    static final int TURN = 64 * 1024;

    private int turn;

    BodyInput(byte[] body) {
        super(body);
    }

    @Override
    public synchronized int read(byte[] buf, int off, int len) {
        int read = super.read(buf, off, len);
        turn += Math.max(read, 0);
        if (turn > TURN) {
            turn = 0;
            offerCarrier();
        }
        return read;
    }

    /** Lets other streams run. */
    @SuppressWarnings("ThreadPriorityCheck") // no other call gives a carrier up, and nothing relies on who runs next
    static void offerCarrier() {
        Thread.yield();
    }
}
