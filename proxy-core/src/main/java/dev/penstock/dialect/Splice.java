// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;

/**
 * One change to a request body: these bytes are replaced by that text, everything else stays as the client sent it.
 *
 * <p>Immutable.
 */
record Splice(ByteSpan span, String text) {
    static Splice insert(int at, String text) {
        return new Splice(new ByteSpan(at, at), text);
    }

    /** The body with all changes made. Their spans must not overlap. */
    static byte[] apply(byte[] body, List<Splice> splices) {
        var out = new ByteArrayOutputStream(body.length + 128);
        int at = 0;
        for (Splice splice : splices.stream()
                .sorted(Comparator.comparingInt(s -> s.span().start()))
                .toList()) {
            out.write(body, at, splice.span().start() - at);
            out.writeBytes(splice.text().getBytes(StandardCharsets.UTF_8));
            at = splice.span().end();
        }
        out.write(body, at, body.length - at);
        return out.toByteArray();
    }
}
