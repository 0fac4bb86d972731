// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.admission.Admission;
import java.time.Duration;

/** The refusals of the gate, in words for a client. Immutable: without state. */
final class Refusals {
    private Refusals() {}

    /** 429 is the caller's own cap; 503 is ours. */
    static Refusal of(Admission.Reason reason, Duration retryAfter) {
        return switch (reason) {
            case CONSUMER_CAP ->
                Refusal.of(
                                429,
                                RefusalReason.CONSUMER_CAP,
                                "You have as many requests running as you may have at once.")
                        .withRetryAfter(retryAfter);
            case WORKER_CAP -> busy(RefusalReason.WORKER_CAP, retryAfter);
            case ROUTE_CAP -> busy(RefusalReason.ROUTE_CAP, retryAfter);
            case QUEUE_FULL -> busy(RefusalReason.QUEUE_FULL, retryAfter);
            case QUEUE_TIMEOUT ->
                Refusal.of(
                                503,
                                RefusalReason.QUEUE_TIMEOUT,
                                "No place came free in the time that this route lets a request wait; try again after"
                                        + " the time in Retry-After.")
                        .withRetryAfter(retryAfter);
            case DRAINING -> draining();
        };
    }

    static Refusal draining() {
        return Refusal.of(503, RefusalReason.DRAINING, "This proxy is shutting down; another one will answer.")
                .withRetryAfter(Duration.ofSeconds(1))
                .closing();
    }

    private static Refusal busy(RefusalReason reason, Duration retryAfter) {
        return Refusal.of(503, reason, "This proxy is at its limit of concurrent requests; try again later.")
                .withRetryAfter(retryAfter);
    }
}
