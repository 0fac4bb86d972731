// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Watches a stream of which nothing is known: no event means anything, and a clean end of the body is its end.
 *
 * <p>Confined to the stream thread.
 */
final class PassthroughInspector implements StreamInspector {
    @Override
    public EventKind inspect(String name, byte[] data, int off, int len) {
        return EventKind.OTHER;
    }

    @Override
    public Usage usage() {
        return Usage.NONE;
    }

    @Override
    public Optional<String> servedModel() {
        return Optional.empty();
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
        return new byte[0];
    }
}
