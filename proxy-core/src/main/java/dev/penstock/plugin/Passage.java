// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What comes out of the filters while one event goes in, or a window closes, or the stream ends.
 *
 * <p>Confined to the stream thread.
 */
final class Passage {
    private static final int NOWHERE = -1;

    private final List<PassedEvent> out = new ArrayList<>();
    private Optional<Stop> stop = Optional.empty();
    private int endedAt = NOWHERE;

    void add(PassedEvent event) {
        out.add(event);
    }

    /** A filter ends the stream: nothing from before it goes on; the first one says why. */
    void end(int stage, String plugin, String reason) {
        endedAt = Math.max(endedAt, stage);
        if (stop.isEmpty()) {
            stop = Optional.of(new Stop(plugin, reason));
        }
    }

    boolean ended() {
        return endedAt > NOWHERE;
    }

    int endedAt() {
        return endedAt;
    }

    /** Whether events that would enter that stage come from before a filter that ended the stream. */
    boolean closedBefore(int stage) {
        return endedAt >= stage;
    }

    List<PassedEvent> out() {
        return out;
    }

    EventAnswer answer() {
        return stop.<EventAnswer>map(why -> new EventAnswer.End(out, why.plugin, why.reason))
                .orElseGet(() -> new EventAnswer.Replace(out));
    }

    private record Stop(String plugin, String reason) {}
}
