// SPDX-License-Identifier: Apache-2.0
package dev.penstock.admission;

import java.time.Duration;
import java.util.Locale;

/** What became of a request at the gate. {@code waited} is the time from arrival to the decision. Immutable. */
public sealed interface Admission {

    Duration waited();

    /** The stream may go on; whoever receives this closes the permits. */
    record Admitted(StreamPermits permits, Duration waited) implements Admission {}

    /** Nothing is held. The client is told to come back after that time, at least a second. */
    record Refused(Reason reason, Duration retryAfter, Duration waited) implements Admission {}

    /** The one who waited gave up; nothing is held. */
    record Cancelled(Duration waited) implements Admission {}

    /** Why a request was refused: a closed list, the same words in metrics, logs and errors. */
    enum Reason {
        WORKER_CAP,
        ROUTE_CAP,
        CONSUMER_CAP,
        QUEUE_FULL,
        QUEUE_TIMEOUT,
        DRAINING;

        /** The word used in metrics, logs and errors. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
