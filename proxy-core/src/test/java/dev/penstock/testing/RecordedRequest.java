// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A request as it arrived at the scripted upstream: raw bytes, decoded body, time. Immutable (nobody writes to the arrays). */
public final class RecordedRequest {
    private final MessageHead head;
    private final byte[] rawBody;
    private final byte[] body;
    private final long connection;
    private final long atNanos;

    RecordedRequest(MessageHead head, byte[] rawBody, byte[] body, long connection, long atNanos) {
        this.head = head;
        this.rawBody = rawBody;
        this.body = body;
        this.connection = connection;
        this.atNanos = atNanos;
    }

    public String method() {
        return head.word(0);
    }

    public String target() {
        return head.word(1);
    }

    public String path() {
        int question = target().indexOf('?');
        return question < 0 ? target() : target().substring(0, question);
    }

    public Optional<String> header(String name) {
        return head.header(name);
    }

    public List<String> headers(String name) {
        return head.headers(name);
    }

    public MessageHead head() {
        return head;
    }

    /** The body without its framing. */
    public byte[] body() {
        return body.clone();
    }

    public String bodyText() {
        return new String(body, UTF_8);
    }

    /** Everything that was on the wire for this request, as text (ISO 8859-1 for the head, UTF-8 for the body). */
    public String wireText() {
        return head.raw() + new String(rawBody, UTF_8);
    }

    /** The number of the connection it came on, counted from one. */
    public long connection() {
        return connection;
    }

    /** When its head was complete (nanoTime). */
    public long atNanos() {
        return atNanos;
    }

    /** True if the body mentions the text: the usual way to choose a script. */
    public boolean mentions(String text) {
        return bodyText().contains(text);
    }

    @Override
    public String toString() {
        return head.startLine() + " " + head.headers() + " body of " + body.length + " bytes "
                + new String(Arrays.copyOf(body, Math.min(body.length, 200)), UTF_8).strip();
    }
}
