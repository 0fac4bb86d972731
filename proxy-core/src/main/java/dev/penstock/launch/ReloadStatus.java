// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;

/**
 * What operators are told of the configuration in force and of the last try to replace it. Immutable.
 *
 * @param loadedAt when the configuration in force was applied
 * @param last the last reload; empty if there was none
 */
record ReloadStatus(Instant loadedAt, Optional<Attempt> last) {
    ReloadStatus {
        requireNonNull(loadedAt, "loadedAt");
        requireNonNull(last, "last");
    }

    /**
     * One reload. Immutable.
     *
     * @param error the whole report; empty if it was applied
     */
    record Attempt(Instant at, String trigger, Optional<String> error) {}

    boolean successful() {
        return last.isEmpty() || last.get().error().isEmpty();
    }

    ReloadStatus applied(Instant now, String trigger) {
        return new ReloadStatus(now, Optional.of(new Attempt(now, trigger, Optional.empty())));
    }

    ReloadStatus refused(Instant now, String trigger, String report) {
        return new ReloadStatus(loadedAt, Optional.of(new Attempt(now, trigger, Optional.of(report))));
    }
}
