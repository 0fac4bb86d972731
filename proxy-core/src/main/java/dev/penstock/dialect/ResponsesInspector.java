// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import static dev.penstock.dialect.JsonText.quoted;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Watches a stream of OpenAI's responses: named, numbered events that end with {@code response.completed},
 * {@code response.failed} or {@code response.incomplete}. A failed response is a proper end in this dialect; an event
 * named {@code error} is not.
 *
 * <p>Confined to the stream thread.
 */
final class ResponsesInspector implements StreamInspector {
    private static final byte[] SEQUENCE = "\"sequence_number\":".getBytes(US_ASCII);

    /** How far into an event its number is looked for; beyond, the events are counted. */
    private static final int SEQUENCE_SEARCH = 256;

    private final AnswerTally tally = new AnswerTally();
    private final JsonSkimmer skimmer = new JsonSkimmer(tally);
    private long sequence = -1;

    @Override
    public EventKind inspect(String name, byte[] data, int off, int len) {
        number(data, off, off + Math.min(len, SEQUENCE_SEARCH));
        boolean named = !name.equals(UNNAMED);
        String type = named ? name : skim(data, off, len);
        if (type.endsWith(".delta")) {
            return EventKind.TOKEN;
        }
        boolean known = type.startsWith("response.");
        if (named && (!known || isTerminal(type) || type.equals("response.created"))) {
            skim(data, off, len);
        }
        if (isTerminal(type)) {
            return EventKind.TERMINAL;
        }
        return type.equals("error") || (!known && tally.error()) ? EventKind.ERROR : EventKind.OTHER;
    }

    private static boolean isTerminal(String type) {
        return switch (type) {
            case "response.completed", "response.failed", "response.incomplete" -> true;
            default -> false;
        };
    }

    private String skim(byte[] data, int off, int len) {
        tally.nextDocument();
        skimmer.document(data, off, len);
        return tally.type().orElse("");
    }

    /** Remembers the event's own number, or counts on from the last. */
    private void number(byte[] data, int off, int end) {
        for (int at = off; at + SEQUENCE.length < end; at++) {
            if (data[at] == '"' && Arrays.equals(data, at, at + SEQUENCE.length, SEQUENCE, 0, SEQUENCE.length)) {
                sequence = digits(data, at + SEQUENCE.length, end);
                return;
            }
        }
        sequence++;
    }

    private long digits(byte[] data, int from, int end) {
        int at = from;
        while (at < end && data[at] == ' ') {
            at++;
        }
        long number = 0;
        int first = at;
        while (at < end && data[at] >= '0' && data[at] <= '9' && at - first < 18) {
            number = number * 10 + data[at] - '0';
            at++;
        }
        return at == first ? sequence + 1 : number;
    }

    @Override
    public Usage usage() {
        return tally.usage();
    }

    @Override
    public Optional<String> servedModel() {
        return tally.model();
    }

    @Override
    public OptionalLong lastSequenceNumber() {
        return sequence < 0 ? OptionalLong.empty() : OptionalLong.of(sequence);
    }

    /** Flat as the documentation has it, and nested as clients look for it, so that both throw. */
    @Override
    public byte[] errorEvent(StreamError error) {
        return StreamEvents.named(
                "error",
                "{\"type\":\"error\",\"code\":" + quoted(error.code()) + ",\"message\":" + quoted(error.message())
                        + ",\"param\":null,\"sequence_number\":" + (sequence + 1) + ",\"error\":"
                        + ErrorShapes.openAiObject("server_error", error.code(), error.message(), Optional.empty())
                        + "}");
    }

    @Override
    public byte[] terminalEvents() {
        String response = "{\"id\":" + quoted(tally.id().orElse("resp_0")) + ",\"object\":\"response\",\"created_at\":"
                + tally.created().orElse(0) + ",\"status\":\"completed\",\"error\":null,\"incomplete_details\":null,"
                + "\"model\":" + quoted(tally.model().orElse("")) + ",\"output\":[],\"usage\":null}";
        return StreamEvents.named(
                "response.completed",
                "{\"type\":\"response.completed\",\"sequence_number\":" + (sequence + 1) + ",\"response\":" + response
                        + "}");
    }
}
