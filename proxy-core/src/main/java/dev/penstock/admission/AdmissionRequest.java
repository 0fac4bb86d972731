// SPDX-License-Identifier: Apache-2.0
package dev.penstock.admission;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** Who asks for admission to which route, and how long they would wait. Immutable. */
public record AdmissionRequest(String consumer, StreamLimiter route, Duration maxWait) {

    public AdmissionRequest {
        requireNonNull(consumer, "consumer");
        requireNonNull(route, "route");
        if (maxWait.isNegative()) {
            throw new IllegalArgumentException("a wait of " + maxWait);
        }
    }
}
