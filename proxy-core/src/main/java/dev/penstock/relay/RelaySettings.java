// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import java.util.Objects;
import java.util.Optional;

/**
 * The bounds of one relay. Immutable.
 *
 * @param eventBytes most bytes of one event
 * @param responseBytes most bytes of a whole answer
 * @param hideUsage drop the event that only carries usage: we asked for it, the client did not
 * @param hasTerminal the dialect's streams end with an event of their own
 * @param withholdFirstError end without a byte when the very first event is an error, because it may be tried elsewhere
 */
public record RelaySettings(
        long eventBytes,
        Optional<Long> responseBytes,
        Optional<Integer> eventsPerSecond,
        Optional<Long> bytesPerSecond,
        Turn.Limits turn,
        boolean hideUsage,
        boolean hasTerminal,
        boolean withholdFirstError) {
    public RelaySettings {
        Objects.requireNonNull(responseBytes, "responseBytes");
        Objects.requireNonNull(turn, "turn");
    }

    /** How a relay ends whose answer is this long, or is to be; empty while it is within its limit. */
    public Optional<RelayEnd.LimitExceeded> exceededBy(long bytes) {
        return responseBytes
                .filter(limit -> bytes > limit)
                .map(limit -> new RelayEnd.LimitExceeded("the response is larger than " + limit + " bytes"));
    }
}
