// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Optional;

/**
 * One block of an event stream: everything up to and including a blank line, with its fields located but not decoded.
 *
 * <p>What a parser hands out is a view of the bytes that were read. It is valid during the call that delivers it;
 * {@link #copy()} gives one that owns its bytes and lives on. Forwarding {@code raw} forwards the event as it was sent.
 *
 * <p>Confined to the stream thread.
 */
public final class SseEvent {
    /** The name of an event that carries none. */
    public static final String DEFAULT_NAME = "message";

    /** Joined data larger than this is not kept for the next event: an idle stream must stay small. */
    private static final int KEPT_SCRATCH = 16 * 1024;

    private static final byte[] NOTHING = {};
    private static final byte[] DATA = {'d', 'a', 't', 'a'};
    private static final byte[] EVENT = {'e', 'v', 'e', 'n', 't'};
    private static final byte[] ID = {'i', 'd'};
    private static final int ABSENT = -1;

    private byte[] raw = NOTHING;
    private int rawOffset;
    private int rawLength;
    private int bom;

    private byte[] data = NOTHING;
    private int dataOffset;
    private int dataLength;
    private boolean hasData;
    private boolean several;
    private byte[] joined = NOTHING;

    private int nameOffset;
    private int nameLength;
    private int idOffset;
    private int idLength;
    private String lastName = DEFAULT_NAME;

    SseEvent() {}

    /** Reads one block, which the event then owns. A missing blank line at the end is tolerated. */
    public static SseEvent of(byte[] block) {
        var event = new SseEvent();
        event.wrap(block, 0, block.length, 0);
        return event;
    }

    /** Points this view at a block; the first {@code bomLength} bytes of it are a byte order mark. */
    void wrap(byte[] buf, int off, int len, int bomLength) {
        raw = buf;
        rawOffset = off;
        rawLength = len;
        bom = bomLength;
        hasData = false;
        dataLength = 0;
        nameLength = ABSENT;
        idLength = ABSENT;
        if (joined.length > KEPT_SCRATCH) {
            joined = NOTHING;
        }
        lines(off + bomLength, off + len);
    }

    private void lines(int from, int end) {
        int at = from;
        while (at < end) {
            int lineEnd = LineEnds.next(raw, at, end);
            if (lineEnd > at) {
                line(at, lineEnd);
            }
            at = lineEnd < end ? LineEnds.after(raw, lineEnd, end) : end;
        }
    }

    private void line(int from, int end) {
        switch (raw[from]) {
            case 'd' -> data(valueOf(DATA, from, end), end);
            case 'e' -> name(valueOf(EVENT, from, end), end);
            case 'i' -> id(valueOf(ID, from, end), end);
            default -> {} // a comment, retry, or a field nobody knows: only its raw bytes matter
        }
    }

    /** Where the field's value begins, or {@link #ABSENT} if the line is another field. */
    private int valueOf(byte[] field, int from, int end) {
        int colon = from + field.length;
        if (colon > end || !Arrays.equals(raw, from, colon, field, 0, field.length)) {
            return ABSENT;
        }
        if (colon == end) {
            return end;
        }
        if (raw[colon] != ':') {
            return ABSENT;
        }
        int value = colon + 1;
        return value < end && raw[value] == ' ' ? value + 1 : value;
    }

    private void data(int value, int end) {
        if (value == ABSENT) {
            return;
        }
        if (hasData) {
            join(value, end - value);
            return;
        }
        hasData = true;
        several = false;
        data = raw;
        dataOffset = value;
        dataLength = end - value;
    }

    private void join(int value, int length) {
        int total = dataLength + 1 + length;
        if (joined.length < total) {
            byte[] larger = new byte[Math.max(total, joined.length * 2)];
            System.arraycopy(data, dataOffset, larger, 0, dataLength);
            joined = larger;
        } else if (!several) {
            System.arraycopy(data, dataOffset, joined, 0, dataLength);
        }
        joined[dataLength] = '\n';
        System.arraycopy(raw, value, joined, dataLength + 1, length);
        several = true;
        data = joined;
        dataOffset = 0;
        dataLength = total;
    }

    private void name(int value, int end) {
        if (value != ABSENT) {
            nameOffset = value;
            nameLength = end - value;
        }
    }

    private void id(int value, int end) {
        if (value == ABSENT) {
            return;
        }
        for (int i = value; i < end; i++) {
            if (raw[i] == 0) {
                return; // the standard ignores such an id
            }
        }
        idOffset = value;
        idLength = end - value;
    }

    /** Whether a client would dispatch this block: it has at least one {@code data} line. */
    public boolean hasData() {
        return hasData;
    }

    /** The event's name, {@value #DEFAULT_NAME} if it has none. */
    public String name() {
        if (nameLength <= 0) {
            return DEFAULT_NAME;
        }
        if (!isLastName()) {
            lastName = new String(raw, nameOffset, nameLength, UTF_8);
        }
        return lastName;
    }

    /** Streams repeat a handful of names thousands of times: the same one is not decoded twice in a row. */
    private boolean isLastName() {
        if (lastName.length() != nameLength) {
            return false;
        }
        for (int i = 0; i < nameLength; i++) {
            if (lastName.charAt(i) != raw[nameOffset + i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether the block has an {@code id} line that counts. */
    public boolean hasId() {
        return idLength != ABSENT;
    }

    /** The value of the last {@code id} line. */
    public Optional<String> id() {
        return hasId() ? Optional.of(new String(raw, idOffset, idLength, UTF_8)) : Optional.empty();
    }

    /** The array that holds the data, lines joined by LF; read it from {@link #dataOffset()} on. */
    public byte[] dataArray() {
        return data;
    }

    /** Where the data begins in {@link #dataArray()}. */
    public int dataOffset() {
        return dataOffset;
    }

    /** The length of the data in bytes; 0 without data. */
    public int dataLength() {
        return dataLength;
    }

    /** The data in an array of its own. */
    public byte[] dataBytes() {
        return Arrays.copyOfRange(data, dataOffset, dataOffset + dataLength);
    }

    /** The data as text, decoded by this call. */
    public String dataText() {
        return new String(data, dataOffset, dataLength, UTF_8);
    }

    /** The array that holds the block as it was received; read it from {@link #rawOffset()} on. */
    public byte[] rawArray() {
        return raw;
    }

    /** Where the block begins in {@link #rawArray()}. */
    public int rawOffset() {
        return rawOffset;
    }

    /** The length of the block in bytes, its blank line included. */
    public int rawLength() {
        return rawLength;
    }

    /** The block as it was received, in an array of its own. */
    public byte[] rawBytes() {
        return Arrays.copyOfRange(raw, rawOffset, rawOffset + rawLength);
    }

    /** The same event, owning its bytes. */
    public SseEvent copy() {
        var owned = new SseEvent();
        owned.wrap(rawBytes(), 0, rawLength, bom);
        return owned;
    }
}
