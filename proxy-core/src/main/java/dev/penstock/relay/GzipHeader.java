// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import dev.penstock.relay.BrokenEncodingException.Kind;

/**
 * Takes the header of a gzip member (RFC 1952, 2.3) byte by byte, so that it may be cut anywhere. Names and comments are skipped
 * without being kept, however long they are.
 *
 * <p>Confined to the stream thread.
 */
final class GzipHeader {
    private static final int MAGIC_1 = 0x1f;
    private static final int MAGIC_2 = 0x8b;
    private static final int DEFLATE = 8;
    private static final int CHECKSUM = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xe0;
    private static final int FIXED = 10;

    private int seen;
    private int flags;
    private int extraLengthBytes;
    private int toSkip;

    /** A new member begins. */
    void begin() {
        seen = 0;
        flags = 0;
        extraLengthBytes = 0;
        toSkip = 0;
    }

    /** Takes the next byte; true when it was the header's last. */
    boolean take(int b) {
        if (seen < FIXED) {
            fixed(b);
            seen++;
            return seen == FIXED && flags == 0;
        }
        optional(b);
        return flags == 0;
    }

    private void fixed(int b) {
        boolean right = switch (seen) {
            case 0 -> b == MAGIC_1;
            case 1 -> b == MAGIC_2;
            case 2 -> b == DEFLATE;
            case 3 -> (b & RESERVED) == 0;
            default -> true;
        };
        if (!right) {
            throw new BrokenEncodingException(Kind.CORRUPT, "not a gzip header");
        }
        if (seen == 3) {
            flags = b & (CHECKSUM | EXTRA | NAME | COMMENT);
        }
    }

    /** The optional fields come in this order; each clears its flag when it is over. */
    private void optional(int b) {
        if ((flags & EXTRA) != 0) {
            extra(b);
        } else if ((flags & NAME) != 0) {
            flags = b == 0 ? flags & ~NAME : flags;
        } else if ((flags & COMMENT) != 0) {
            flags = b == 0 ? flags & ~COMMENT : flags;
        } else {
            toSkip++;
            flags = toSkip == 2 ? 0 : flags;
        }
    }

    private void extra(int b) {
        if (extraLengthBytes < 2) {
            toSkip |= b << (8 * extraLengthBytes);
            extraLengthBytes++;
        } else {
            toSkip--;
        }
        if (extraLengthBytes == 2 && toSkip == 0) {
            flags &= ~EXTRA;
        }
    }
}
