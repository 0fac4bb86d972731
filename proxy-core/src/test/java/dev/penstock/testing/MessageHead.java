// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Start line and header lines of a request or a response, read byte by byte so that nothing of the body is taken. Immutable. */
public record MessageHead(String startLine, List<Header> headers, String raw) {
    private static final int LIMIT = 8 << 20;

    public MessageHead {
        requireNonNull(startLine, "startLine");
        headers = List.copyOf(headers);
        requireNonNull(raw, "raw");
    }

    /** Reads up to and including the empty line; empty when the peer ended before the first byte. */
    static Optional<MessageHead> read(InputStream in) throws IOException {
        var bytes = new ByteArrayOutputStream();
        int lineLength = 0;
        while (true) {
            int b = in.read();
            if (b < 0) {
                if (bytes.size() == 0) {
                    return Optional.empty();
                }
                throw new EOFException("end inside a head: " + bytes.toString(ISO_8859_1));
            }
            bytes.write(b);
            if (b == '\n' && lineLength == 0 && bytes.size() > 2) {
                return Optional.of(parse(bytes.toString(ISO_8859_1)));
            }
            if (b == '\n') {
                lineLength = 0;
            } else if (b != '\r') {
                lineLength++;
            }
            if (bytes.size() > LIMIT) {
                throw new IOException("head above " + LIMIT + " bytes");
            }
        }
    }

    static MessageHead parse(String raw) {
        List<String> lines = raw.lines().toList();
        var headers = new ArrayList<Header>();
        for (String line : lines.subList(1, lines.size())) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.add(new Header(
                        line.substring(0, colon), line.substring(colon + 1).strip()));
            }
        }
        return new MessageHead(lines.getFirst(), headers, raw);
    }

    /** The first value of a header, whatever the case of its name. */
    public Optional<String> header(String name) {
        return headers(name).stream().findFirst();
    }

    public List<String> headers(String name) {
        return headers.stream().filter(h -> h.is(name)).map(Header::value).toList();
    }

    boolean isChunked() {
        return header("transfer-encoding")
                .map(v -> v.equalsIgnoreCase("chunked"))
                .orElse(false);
    }

    Optional<Long> contentLength() {
        return header("content-length").map(Long::parseLong);
    }

    /** The n-th word of the start line, counted from zero, or an empty string. */
    String word(int n) {
        String[] words = startLine.split(" ", 3);
        return n < words.length ? words[n] : "";
    }
}
