// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;

/**
 * One server-sent event: a name, data, and sometimes an id.
 *
 * <p>An answer that is not a stream is one event named {@link #BODY} whose data is the whole body. When an upstream ends
 * properly without a terminal event of its own, the last event is an empty one named {@link #END}.
 *
 * <pre>{@code
 * StreamEvent masked = event.withData(event.data().replace("secret", "******"));
 * StreamEvent note = StreamEvent.of("note", "{\"text\":\"stopped\"}");
 * }</pre>
 *
 * <p>Any data is safe: core splits it into as many {@code data:} lines as it has lines. Immutable; owns its bytes.
 */
public final class StreamEvent {

    /** The name of the one event that stands for an answer that is not a stream. */
    public static final String BODY = "body";

    /** The name of the last event of a stream whose dialect has no terminal event. */
    public static final String END = "end";

    private final String name;
    private final byte[] bytes;
    private final Optional<String> id;
    private final long sequence;
    private final long arrivedNanos;

    /** The decoded form of {@link #bytes}; written and read by any thread, always to an equal value. */
    private String text;

    private StreamEvent(String name, byte[] bytes, Optional<String> id, long sequence, long arrivedNanos) {
        this.name = name;
        this.bytes = bytes;
        this.id = id;
        this.sequence = sequence;
        this.arrivedNanos = arrivedNanos;
    }

    /** An event without a name: only {@code data:} lines. */
    public static StreamEvent of(String data) {
        return of("", data);
    }

    /**
     * An event with a name ({@code event:} line).
     *
     * @throws IllegalArgumentException if the name has a line break or NUL
     */
    public static StreamEvent of(String name, String data) {
        return of(name, data.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * An event of UTF-8 bytes. The event keeps the array: do not change it afterwards.
     *
     * @throws IllegalArgumentException if the name has a line break or NUL
     */
    public static StreamEvent of(String name, byte[] data) {
        return new StreamEvent(oneLine(name, "name"), Objects.requireNonNull(data, "data"), Optional.empty(), 0, -1);
    }

    /** The value of the {@code event:} line; empty text if there is none. */
    public String name() {
        return name;
    }

    /** The data as text, lines joined with {@code \n}; bytes that are not UTF-8 become U+FFFD. */
    public String data() {
        String known = text;
        if (known == null) {
            known = new String(bytes, StandardCharsets.UTF_8);
            text = known;
        }
        return known;
    }

    /** The data as it is, read-only; position 0 to limit. A new view at every call. */
    public ByteBuffer bytes() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    /** How many bytes of data there are. */
    public int size() {
        return bytes.length;
    }

    /** The value of the {@code id:} line, if there is one. */
    public Optional<String> id() {
        return id;
    }

    /**
     * The place of this event among those that this filter or observer is shown, from 1; 0 for an event that a plugin
     * made and core has not passed on. An observer that lost events ({@link OverflowPolicy#gap()}) sees the hole.
     */
    public long sequence() {
        return sequence;
    }

    /**
     * Nanoseconds from the opening of the stream to the arrival of this event's last byte; -1 for an event that a plugin
     * made. Observers run later than events arrive: measure with this.
     */
    public long arrivedNanos() {
        return arrivedNanos;
    }

    /** The same event with other data. */
    public StreamEvent withData(String data) {
        return withData(data.getBytes(StandardCharsets.UTF_8));
    }

    /** The same event with other data, UTF-8. The event keeps the array: do not change it afterwards. */
    public StreamEvent withData(byte[] data) {
        return new StreamEvent(name, Objects.requireNonNull(data, "data"), id, sequence, arrivedNanos);
    }

    /**
     * The same event with an id.
     *
     * @throws IllegalArgumentException if the id has a line break or NUL
     */
    public StreamEvent withId(String newId) {
        return new StreamEvent(name, bytes, Optional.of(oneLine(newId, "id")), sequence, arrivedNanos);
    }

    /** The same event at another place; core numbers events, a plugin has no need to. */
    public StreamEvent withSequence(long place) {
        return place == sequence ? this : new StreamEvent(name, bytes, id, place, arrivedNanos);
    }

    /** The same event, arrived at another time; core stamps events, a plugin needs it in tests only. */
    public StreamEvent withArrival(long nanosSinceOpened) {
        return new StreamEvent(name, bytes, id, sequence, nanosSinceOpened);
    }

    /** Name, size and place; never the data, which may be a person's words. */
    @Override
    public String toString() {
        return "StreamEvent[" + name + " #" + sequence + ", " + bytes.length + " bytes]";
    }

    private static String oneLine(String value, String what) {
        if (value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0 || value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(what + " must not have a line break or NUL");
        }
        return value;
    }
}
