// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A whole response as one client saw it: interim heads, head, the arrivals of the body, and how and when it ended. Immutable.
 */
public record Response(
        List<ResponseHead> interim,
        ResponseHead head,
        List<Arrival> arrivals,
        BodyEnd end,
        long sentNanos,
        long endNanos) {
    public Response {
        interim = List.copyOf(interim);
        arrivals = List.copyOf(arrivals);
    }

    public int status() {
        return head.status();
    }

    public Optional<String> header(String name) {
        return head.header(name);
    }

    public byte[] body() {
        var all = new ByteArrayOutputStream();
        arrivals.forEach(a -> all.writeBytes(a.bytes()));
        return all.toByteArray();
    }

    public String text() {
        return new String(body(), UTF_8);
    }

    /** From the last byte of the request to the head. */
    public Duration untilHead() {
        return Duration.ofNanos(head.atNanos() - sentNanos);
    }

    /** From the last byte of the request to the end of the body. */
    public Duration untilEnd() {
        return Duration.ofNanos(endNanos - sentNanos);
    }

    /** From the head to the end of the body. */
    public Duration bodyTook() {
        return Duration.ofNanos(endNanos - head.atNanos());
    }

    /** The body's events by the strict parser. */
    public List<SseMessage> events() {
        return new StrictSse().decode(body());
    }

    @Override
    public String toString() {
        String text = text();
        return head.message().startLine() + " " + head.message().headers() + "\n"
                + text.substring(0, Math.min(text.length(), 2000)) + "\n(" + end + " after " + untilEnd() + ")";
    }
}
