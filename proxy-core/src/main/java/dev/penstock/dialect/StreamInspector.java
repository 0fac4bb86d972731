// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Watches the events of one stream go by and knows where the stream stands. It changes nothing, and looks into an event
 * only as far as it must: most are told apart by their name or by a scan over their bytes.
 *
 * <p>Confined to the stream thread.
 */
public sealed interface StreamInspector
        permits ChunkInspector, MessagesInspector, PassthroughInspector, ResponsesInspector {
    /** The name of an event that has none. */
    String UNNAMED = "message";

    /**
     * Looks at the next event. The bytes are not kept.
     *
     * @param name the event's name, {@value #UNNAMED} if it has none
     */
    EventKind inspect(String name, byte[] data, int off, int len);

    /** Token counts reported so far. */
    Usage usage();

    /** The model that the upstream says it used. */
    Optional<String> servedModel();

    /** The sequence number of the last event, in dialects that number them. */
    OptionalLong lastSequenceNumber();

    /** A whole event, framing included, that tells the client why the stream ends here. Comes only between two events. */
    byte[] errorEvent(StreamError error);

    /** Whole events, framing included, that end the stream here as if the upstream had. Come only between two events. */
    byte[] terminalEvents();
}
