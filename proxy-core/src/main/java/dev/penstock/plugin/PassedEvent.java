// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.spi.StreamEvent;
import java.util.Optional;

/**
 * An event that goes on to the client. Immutable: nobody writes into the bytes.
 *
 * @param raw the bytes that the upstream sent, if nobody has changed the event: write these, or else encode it
 */
public record PassedEvent(StreamEvent event, Optional<byte[]> raw) {
    /** One that a plugin has made. */
    static PassedEvent made(StreamEvent event) {
        return new PassedEvent(event, Optional.empty());
    }
}
