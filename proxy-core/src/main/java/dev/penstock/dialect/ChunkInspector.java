// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Watches a stream of OpenAI's chat completions or legacy completions: unnamed events that hold chunks, and
 * {@code [DONE]}.
 *
 * <p>Confined to the stream thread.
 */
final class ChunkInspector implements StreamInspector {
    private static final byte[] DONE = "[DONE]".getBytes(US_ASCII);

    /** Chunks that are searched for the model's name. Some servers never say it. */
    private static final int MODEL_SEARCH = 8;

    private final AnswerTally tally = new AnswerTally();
    private final JsonSkimmer skimmer = new JsonSkimmer(tally);
    private int modelSearch = MODEL_SEARCH;

    @Override
    public EventKind inspect(String name, byte[] data, int off, int len) {
        if (len >= DONE.length && Arrays.equals(data, off, off + DONE.length, DONE, 0, DONE.length)) {
            return EventKind.TERMINAL; // by prefix, as clients do
        }
        if (name.equals("error")) {
            return EventKind.ERROR;
        }
        int found = Chunk.scan(data, off, len);
        boolean skimmed = (found & (Chunk.USAGE | Chunk.ERROR)) != 0 || searchesModel();
        if (skimmed) {
            tally.nextDocument();
            skimmer.document(data, off, len);
            if (tally.error()) {
                return EventKind.ERROR;
            }
        }
        if ((found & Chunk.TOKEN) != 0) {
            return EventKind.TOKEN;
        }
        return (found & Chunk.USAGE) != 0 && tally.noChoices() ? EventKind.USAGE : EventKind.OTHER;
    }

    private boolean searchesModel() {
        return modelSearch > 0 && tally.model().isEmpty() && modelSearch-- > 0;
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
        return StreamEvents.unnamed(
                ErrorShapes.openAi("server_error", error.code(), error.message(), Optional.empty()));
    }

    @Override
    public byte[] terminalEvents() {
        return "data: [DONE]\n\n".getBytes(UTF_8);
    }
}
