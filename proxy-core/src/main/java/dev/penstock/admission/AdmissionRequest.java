// SPDX-License-Identifier: Apache-2.0
package dev.penstock.admission;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;

/** Who asks for admission to which route, and how long they would wait if not as long as the queue allows. Immutable. */
public record AdmissionRequest(String consumer, StreamLimiter route, Optional<Duration> maxWait) {

    public AdmissionRequest {
        requireNonNull(consumer, "consumer");
        requireNonNull(route, "route");
        requireNonNull(maxWait, "maxWait");
    }

    public AdmissionRequest(String consumer, StreamLimiter route) {
        this(consumer, route, Optional.empty());
    }

    public AdmissionRequest waitingAtMost(Duration duration) {
        return new AdmissionRequest(consumer, route, Optional.of(duration));
    }
}
