// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Watches a stream of Anthropic's messages: named events from {@code message_start} to {@code message_stop}.
 *
 * <p>Confined to the stream thread.
 */
final class MessagesInspector implements StreamInspector {
    private final AnswerTally tally = new AnswerTally();
    private final JsonSkimmer skimmer = new JsonSkimmer(tally);
    private OptionalLong openBlock = OptionalLong.empty();
    private boolean deltaSeen;

    @Override
    public EventKind inspect(String name, byte[] data, int off, int len) {
        boolean named = !name.equals(UNNAMED);
        String type = named ? name : skim(data, off, len);
        return switch (type) {
            case "content_block_delta" -> EventKind.TOKEN;
            case "message_stop" -> EventKind.TERMINAL;
            case "error" -> EventKind.ERROR;
            case "ping" -> EventKind.OTHER;
            default -> {
                if (named) {
                    skim(data, off, len);
                }
                yield follow(type);
            }
        };
    }

    private EventKind follow(String type) {
        switch (type) {
            case "content_block_start" -> openBlock = tally.index();
            case "content_block_stop" -> openBlock = OptionalLong.empty();
            case "message_delta" -> deltaSeen = true;
            default -> {}
        }
        return tally.error() ? EventKind.ERROR : EventKind.OTHER;
    }

    private String skim(byte[] data, int off, int len) {
        tally.nextDocument();
        skimmer.document(data, off, len);
        return tally.type().orElse("");
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
        return OptionalLong.empty();
    }

    @Override
    public byte[] errorEvent(StreamError error) {
        return StreamEvents.named(
                "error",
                ErrorShapes.anthropic(ErrorShapes.anthropicType(error.code()), error.message(), error.requestId()));
    }

    @Override
    public byte[] terminalEvents() {
        var events = new StringBuilder();
        openBlock.ifPresent(index -> events.append(
                StreamEvents.text("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":" + index + "}")));
        if (!deltaSeen) {
            events.append(StreamEvents.text("message_delta", messageDelta()));
        }
        events.append(StreamEvents.text("message_stop", "{\"type\":\"message_stop\"}"));
        return events.toString().getBytes(UTF_8);
    }

    private String messageDelta() {
        return "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},"
                + "\"usage\":{\"output_tokens\":" + tally.usage().output().orElse(0) + "}}";
    }
}
