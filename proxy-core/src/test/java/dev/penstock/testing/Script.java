// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntFunction;

/**
 * What a scripted upstream does with one request, step by step; {@code Script.sse().events(list).end()}. Unless a script closes, its
 * connection is kept for the next request. Immutable: each method gives a longer script.
 */
public final class Script {
    private final List<Step> steps;

    private Script(List<Step> steps) {
        this.steps = List.copyOf(steps);
    }

    public static Script script() {
        return new Script(List.of());
    }

    /** A 200 with a chunked event stream. */
    public static Script sse(String... moreHeaders) {
        return script().head(
                        200, headers(moreHeaders, "content-type: text/event-stream", "transfer-encoding: chunked"));
    }

    /** A whole event stream, written event by event. */
    public static Script stream(List<String> events) {
        return sse().events(events).end();
    }

    /** A whole event stream with a pause after each event. */
    public static Script stream(List<String> events, Duration pace) {
        return sse().events(events, pace).end();
    }

    /** A whole JSON answer with its length. */
    public static Script json(int status, String body, String... moreHeaders) {
        int length = body.getBytes(UTF_8).length;
        return script().head(
                        status, headers(moreHeaders, "content-type: application/json", "content-length: " + length))
                .text(body);
    }

    private static String[] headers(String[] more, String... first) {
        var all = new ArrayList<>(List.of(first));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    public Script then(Step step) {
        var longer = new ArrayList<>(steps);
        longer.add(step);
        return new Script(longer);
    }

    public Script then(Script other) {
        var longer = new ArrayList<>(steps);
        longer.addAll(other.steps);
        return new Script(longer);
    }

    public Script head(int status, String... headerLines) {
        return then(c -> c.head("HTTP/1.1 " + status + " Scripted", headerLines));
    }

    public Script headLine(String statusLine, String... headerLines) {
        return then(c -> c.head(statusLine, headerLines));
    }

    public Script event(String text) {
        return then(c -> c.event(text));
    }

    public Script events(List<String> events) {
        return then(c -> {
            for (String event : events) {
                c.event(event);
            }
        });
    }

    public Script events(List<String> events, Duration pace) {
        return then(c -> {
            for (String event : events) {
                c.event(event);
                c.pause(pace);
            }
        });
    }

    /** Events for ever, made from their index, with a pause after each (zero: as fast as they are taken). */
    public Script forever(IntFunction<String> event, Duration pace) {
        return then(c -> {
            for (int i = 0; ; i++) {
                c.event(event.apply(i));
                if (!pace.isZero()) {
                    c.pause(pace);
                }
            }
        });
    }

    /** Body text in the framing of the head, not counted as an event. */
    public Script text(String text) {
        return then(c -> c.body(text.getBytes(UTF_8)));
    }

    public Script bytes(byte[] bytes) {
        return then(c -> c.body(bytes));
    }

    /** Bytes outside any framing. */
    public Script raw(String text) {
        return then(c -> c.raw(text));
    }

    public Script raw(byte[] bytes) {
        return then(c -> c.raw(bytes));
    }

    public Script pause(Duration time) {
        return then(c -> c.pause(time));
    }

    public Script gate(CountDownLatch gate) {
        return then(c -> c.gate(gate));
    }

    /** Says nothing more until the peer leaves. */
    public Script silence() {
        return then(Conversation::silence);
    }

    public Script end() {
        return then(Conversation::end);
    }

    public Script close() {
        return then(Conversation::close);
    }

    public Script reset() {
        return then(Conversation::reset);
    }

    public Script halfClose() {
        return then(Conversation::halfClose);
    }

    void play(Conversation conversation) throws IOException, InterruptedException {
        for (Step step : steps) {
            step.play(conversation);
            if (conversation.isClosed()) {
                return;
            }
        }
    }
}
