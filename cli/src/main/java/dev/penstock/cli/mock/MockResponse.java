// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.mock;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Writes one response: whole with a length, or piece by piece with one write for each. Confined to the connection's thread. */
final class MockResponse {

    private static final Map<Integer, String> PHRASES = Map.of(
            200,
            "OK",
            400,
            "Bad Request",
            404,
            "Not Found",
            405,
            "Method Not Allowed",
            429,
            "Too Many Requests",
            500,
            "Internal Server Error");
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final MockClient client;
    private final MockRequest request;
    private final String id;

    MockResponse(MockClient client, MockRequest request, String id) {
        this.client = client;
        this.request = request;
        this.id = id;
    }

    /** Sends a JSON document with its length, or only its head if that was asked for. */
    void whole(int status, String json) throws IOException {
        partial(status, json, json.getBytes(StandardCharsets.UTF_8).length);
    }

    /** Sends the head of a whole document and its first bytes, for a fault that comes next. */
    void partial(int status, String json, int bytes) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        String retry = status == 429 ? "Retry-After: 1\r\n" : "";
        byte[] head = head(status, "application/json", retry + "Content-Length: " + body.length + "\r\n");
        int sent = request.method().equals("HEAD") ? 0 : Math.min(bytes, body.length);
        byte[] all = new byte[head.length + sent];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(body, 0, all, head.length, sent);
        client.write(all);
    }

    /** Sends the head of an event stream. */
    void begin() throws IOException {
        String framing = request.http10() ? "" : "Transfer-Encoding: chunked\r\n";
        client.write(head(200, "text/event-stream; charset=utf-8", "Cache-Control: no-cache\r\n" + framing));
    }

    void send(String frame) throws IOException {
        if (request.http10()) {
            client.write(frame.getBytes(StandardCharsets.UTF_8));
            return;
        }
        int length = frame.getBytes(StandardCharsets.UTF_8).length;
        client.write((Integer.toHexString(length) + "\r\n" + frame + "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    void end() throws IOException {
        if (!request.http10()) {
            client.write(LAST_CHUNK);
        }
    }

    private byte[] head(int status, String type, String more) {
        String connection = request.wantsClose() ? "Connection: close\r\n" : "";
        String head = "HTTP/1.1 " + status + " " + PHRASES.getOrDefault(status, "Status") + "\r\nContent-Type: " + type
                + "\r\nServer: penstock-mock\r\nx-request-id: " + id + "\r\n" + more + connection + "\r\n";
        return head.getBytes(StandardCharsets.US_ASCII);
    }
}
