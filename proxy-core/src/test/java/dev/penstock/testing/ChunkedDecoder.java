// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import java.io.ByteArrayOutputStream;
import java.net.ProtocolException;

/**
 * Takes the chunked framing off, whatever the cut of the input, and knows whether the final chunk was seen: that is the difference
 * between a finished and a broken body. Confined to the thread that reads the connection.
 */
final class ChunkedDecoder {
    private enum State {
        SIZE,
        DATA,
        DATA_END,
        TRAILER,
        DONE
    }

    private final StringBuilder line = new StringBuilder();
    private State state = State.SIZE;
    private long remaining;
    private long chunks;

    boolean done() {
        return state == State.DONE;
    }

    long chunks() {
        return chunks;
    }

    /** Decodes what is given; returns how many bytes were used (fewer than given only after the final chunk). */
    int feed(byte[] bytes, int length, ByteArrayOutputStream out) throws ProtocolException {
        int i = 0;
        while (i < length && state != State.DONE) {
            if (state == State.DATA) {
                int n = (int) Math.min(remaining, length - i);
                out.write(bytes, i, n);
                i += n;
                remaining -= n;
                if (remaining == 0) {
                    state = State.DATA_END;
                }
            } else {
                character((char) (bytes[i++] & 0xff));
            }
        }
        return i;
    }

    private void character(char c) throws ProtocolException {
        if (c != '\n') {
            line.append(c);
            return;
        }
        if (line.isEmpty() || line.charAt(line.length() - 1) != '\r') {
            throw new ProtocolException("bare LF in the chunked framing");
        }
        line.setLength(line.length() - 1);
        String whole = line.toString();
        line.setLength(0);
        endOfLine(whole);
    }

    private void endOfLine(String whole) throws ProtocolException {
        switch (state) {
            case SIZE -> size(whole);
            case DATA_END -> {
                if (!whole.isEmpty()) {
                    throw new ProtocolException("chunk longer than its size: " + whole);
                }
                state = State.SIZE;
            }
            case TRAILER -> state = whole.isEmpty() ? State.DONE : State.TRAILER;
            case DATA, DONE -> throw new ProtocolException("no line expected here");
        }
    }

    private void size(String whole) throws ProtocolException {
        int semicolon = whole.indexOf(';');
        try {
            remaining = Long.parseLong(semicolon < 0 ? whole : whole.substring(0, semicolon), 16);
        } catch (NumberFormatException e) {
            throw new ProtocolException("not a chunk size: " + whole);
        }
        chunks++;
        state = remaining == 0 ? State.TRAILER : State.DATA;
    }
}
