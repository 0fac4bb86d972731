// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Checks the bytes of a body before anybody reads them as JSON. Readers differ in what they make of invalid UTF-8, of a
 * byte order mark and of NUL (the JSON parser would take UTF-16 or UTF-32 for its encoding), and a body that two readers
 * understand differently must not pass. Valid escapes stay what they are, unpaired surrogates included.
 *
 * <p>Immutable.
 */
final class BodyBytes {
    /** A text with more escaped NULs than this is no text but a burden on everyone who decodes it. */
    static final int MAX_ESCAPED_NULS = 65_536;

    private static final byte[] ESCAPED_NUL = {'u', '0', '0', '0', '0'};

    private BodyBytes() {}

    /** What is wrong with the body, in words for the client. */
    static Optional<String> problem(byte[] body) {
        if (body.length == 0) {
            return Optional.of("The request has no body.");
        }
        if (startsWithByteOrderMark(body)) {
            return Optional.of("The body must be UTF-8 without a byte order mark.");
        }
        return problemOfNuls(body).or(() -> problemOfEncoding(body));
    }

    private static boolean startsWithByteOrderMark(byte[] body) {
        int first = body[0] & 0xFF;
        int second = body.length > 1 ? body[1] & 0xFF : 0;
        return (first == 0xEF && second == 0xBB)
                || (first == 0xFE && second == 0xFF)
                || (first == 0xFF && second == 0xFE);
    }

    private static Optional<String> problemOfNuls(byte[] body) {
        int escaped = 0;
        for (int i = 0; i < body.length; i++) {
            if (body[i] == 0) {
                return Optional.of("The body contains a NUL byte.");
            }
            if (body[i] == '\\') {
                escaped += isEscapedNul(body, i + 1) ? 1 : 0;
                i++; // a backslash after a backslash begins nothing
            }
        }
        return escaped > MAX_ESCAPED_NULS
                ? Optional.of("The body contains too many NUL characters.")
                : Optional.empty();
    }

    private static boolean isEscapedNul(byte[] body, int at) {
        return at + ESCAPED_NUL.length <= body.length
                && Arrays.equals(body, at, at + ESCAPED_NUL.length, ESCAPED_NUL, 0, ESCAPED_NUL.length);
    }

    private static Optional<String> problemOfEncoding(byte[] body) {
        var decoder = StandardCharsets.UTF_8.newDecoder();
        var in = ByteBuffer.wrap(body);
        var out = CharBuffer.allocate(4096);
        while (true) {
            CoderResult result = decoder.decode(in, out.clear(), true);
            if (result.isError()) {
                return Optional.of("The body is not valid UTF-8.");
            }
            if (result.isUnderflow()) {
                return Optional.empty();
            }
        }
    }
}
