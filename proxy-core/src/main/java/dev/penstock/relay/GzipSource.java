// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import dev.penstock.relay.BrokenEncodingException.Kind;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decodes a compressed body as it comes: what the upstream has flushed comes out before this waits for more, so an event is
 * never kept back by the decoder.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>The next compressed bytes are asked for only when everything decoded so far has been handed out.
 *   <li>Memory does not depend on the body: one buffer and one inflater, whatever it grows to.
 *   <li>A body that grows more than {@link #MAX_RATIO} times is cut off, once it is larger than {@link #GRACE} bytes; deflate
 *       reaches about 1000, an honest answer hardly 50. The bound on decoded bytes is the relay's.
 *   <li>The end of the body is the proper end only after a whole member with the right checksum; members may follow each other.
 * </ul>
 *
 * <p>Confined to the stream thread.
 */
public final class GzipSource implements ChunkSource, AutoCloseable {
    static final int MAX_RATIO = 250;
    static final long GRACE = 4L << 20;
    private static final int BUFFER = 16 * 1024;
    private static final int TRAILER = 8;
    private static final byte[] NOTHING = {};

    private final ChunkSource compressed;
    private final boolean gzip;
    private final GzipHeader header = new GzipHeader();
    private final CRC32 checksum = new CRC32();
    private final byte[] out = new byte[BUFFER];
    private Inflater inflater;
    private byte[] in = NOTHING;
    private int at;
    private int end;
    private Stage stage = Stage.BETWEEN;
    private int trailerSeen;
    private long trailer;
    private long memberBytes;
    private long bytesIn;
    private long bytesOut;

    private enum Stage {
        BETWEEN,
        HEADER,
        BODY,
        TRAILER
    }

    private GzipSource(ChunkSource compressed, boolean gzip) {
        this.compressed = compressed;
        this.gzip = gzip;
        this.inflater = new Inflater(true);
    }

    /** Decodes {@code Content-Encoding: gzip}. */
    public static GzipSource gzip(ChunkSource compressed) {
        return new GzipSource(compressed, true);
    }

    /** Decodes {@code Content-Encoding: deflate}: with zlib's wrapping as the standard says, and without, as others do. */
    public static GzipSource deflate(ChunkSource compressed) {
        return new GzipSource(compressed, false);
    }

    @Override
    public Optional<ByteBuffer> read(long timeoutMillis) {
        int decoded = 0;
        while (decoded < out.length) {
            int more = stage == Stage.BODY ? inflate(decoded) : 0;
            decoded += more;
            if (more > 0 || advance()) {
                continue;
            }
            if (decoded > 0) {
                break;
            }
            Optional<ByteBuffer> next = compressed.read(timeoutMillis);
            if (next.isEmpty()) {
                return atEnd();
            }
            if (!next.get().hasRemaining()) {
                return next;
            }
            take(next.get());
        }
        bytesOut += decoded;
        checkRatio();
        return Optional.of(ByteBuffer.wrap(out, 0, decoded));
    }

    private int inflate(int offset) {
        try {
            int length = inflater.inflate(out, offset, out.length - offset);
            checksum.update(out, offset, length);
            memberBytes += length;
            if (inflater.needsDictionary()) {
                throw new BrokenEncodingException(Kind.CORRUPT, "a dictionary is asked for");
            }
            return length;
        } catch (DataFormatException e) {
            throw new BrokenEncodingException(Kind.CORRUPT, "cannot be inflated: " + e.getMessage());
        }
    }

    /** Takes compressed bytes that are at hand; false when there are none that can be taken. */
    private boolean advance() {
        if (stage == Stage.BODY) {
            return endOfMember();
        }
        if (at == end) {
            return false;
        }
        int b = in[at] & 0xff;
        at++;
        switch (stage) {
            case BETWEEN -> between(b);
            case HEADER -> header(b);
            case TRAILER -> trailer(b);
            case BODY -> throw new IllegalStateException("a body is not taken bytewise");
        }
        return true;
    }

    private boolean endOfMember() {
        if (!inflater.finished()) {
            return false;
        }
        at = end - inflater.getRemaining();
        trailerSeen = 0;
        trailer = 0;
        stage = gzip ? Stage.TRAILER : Stage.BETWEEN;
        return true;
    }

    /** Another member, or padding with zeros, which some writers leave. */
    private void between(int b) {
        if (bytesOut + memberBytes > 0 && b == 0) {
            return;
        }
        if (gzip) {
            header.begin();
            stage = Stage.HEADER;
            header(b);
            return;
        }
        at--;
        boolean wrapped = (b & 0x0f) == 8 && b >> 4 <= 7;
        inflater.end();
        inflater = new Inflater(!wrapped);
        body();
    }

    private void header(int b) {
        if (header.take(b)) {
            inflater.reset();
            body();
        }
    }

    private void body() {
        stage = Stage.BODY;
        checksum.reset();
        memberBytes = 0;
        inflater.setInput(in, at, end - at);
    }

    private void trailer(int b) {
        trailer |= (long) b << (8 * trailerSeen);
        trailerSeen++;
        if (trailerSeen < TRAILER) {
            return;
        }
        if ((trailer & 0xffffffffL) != checksum.getValue() || trailer >>> 32 != (memberBytes & 0xffffffffL)) {
            throw new BrokenEncodingException(Kind.CORRUPT, "the checksum is wrong");
        }
        stage = Stage.BETWEEN;
    }

    private void take(ByteBuffer bytes) {
        in = bytes.array();
        at = bytes.arrayOffset() + bytes.position();
        end = at + bytes.remaining();
        bytesIn += bytes.remaining();
        if (stage == Stage.BODY) {
            inflater.setInput(in, at, end - at);
        }
    }

    private Optional<ByteBuffer> atEnd() {
        if (stage != Stage.BETWEEN) {
            throw new BrokenEncodingException(Kind.TRUNCATED, "the body ended inside its encoding");
        }
        return Optional.empty();
    }

    private void checkRatio() {
        if (bytesOut > GRACE && bytesOut / MAX_RATIO > bytesIn) {
            throw new BrokenEncodingException(Kind.BOMB, bytesIn + " bytes have grown to " + bytesOut);
        }
    }

    /** Frees the native memory. Idempotent. */
    @Override
    public void close() {
        inflater.end();
    }
}
