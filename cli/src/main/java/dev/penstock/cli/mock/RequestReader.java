// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.mock;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads requests from a connection, one after the other. Confined to the connection's thread. */
final class RequestReader {

    private static final int LONGEST_LINE = 64 * 1024;
    private static final int LARGEST_BODY = 256 * 1024 * 1024;
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final MockClient client;

    RequestReader(MockClient client) {
        this.client = client;
    }

    /**
     * The next request, or nothing if the client closed between two.
     *
     * @throws IllegalArgumentException if it is not HTTP
     */
    Optional<MockRequest> next() throws IOException {
        Optional<String> start = line();
        if (start.isEmpty()) {
            return Optional.empty();
        }
        String[] parts = start.get().split(" ", -1);
        if (parts.length != 3 || !parts[2].startsWith("HTTP/1.")) {
            throw new IllegalArgumentException("not an HTTP/1 request line");
        }
        Map<String, String> headers = headers();
        String text = new String(body(headers), StandardCharsets.UTF_8);
        String path = parts[1].replaceFirst("\\?.*", "");
        return Optional.of(new MockRequest(parts[0], path, parts[2].equals("HTTP/1.0"), headers, text));
    }

    private Map<String, String> headers() throws IOException {
        Map<String, String> headers = new HashMap<>();
        String line = requiredLine();
        while (!line.isEmpty()) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new IllegalArgumentException("not a header line");
            }
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
            line = requiredLine();
        }
        return headers;
    }

    private byte[] body(Map<String, String> headers) throws IOException {
        if ("100-continue".equalsIgnoreCase(headers.get("expect"))) {
            client.write(CONTINUE);
        }
        if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            return chunks();
        }
        return client.read(length(headers.getOrDefault("content-length", "0"), 10));
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int length = length(requiredLine().replaceFirst(";.*", ""), 16);
        while (length > 0) {
            body.writeBytes(client.read(length));
            requiredLine();
            length = length(requiredLine().replaceFirst(";.*", ""), 16);
        }
        headers(); // trailers, if any
        return body.toByteArray();
    }

    private static int length(String digits, int radix) {
        int length = Integer.parseInt(digits.strip(), radix);
        if (length < 0 || length > LARGEST_BODY) {
            throw new IllegalArgumentException("the body's length is out of range");
        }
        return length;
    }

    private String requiredLine() throws IOException {
        return line().orElseThrow(() -> new ClientLeftException("the client left inside its request"));
    }

    private Optional<String> line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = client.read(); next != '\n'; next = client.read()) {
            if (next < 0) {
                return Optional.empty();
            }
            if (line.length() > LONGEST_LINE) {
                throw new IllegalArgumentException("a line is too long");
            }
            line.append((char) next);
        }
        return Optional.of(line.toString().stripTrailing());
    }
}
