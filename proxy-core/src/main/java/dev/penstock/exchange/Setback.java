// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.cluster.Evidence;
import dev.penstock.cluster.InstanceLease;
import dev.penstock.dialect.EventKind;
import dev.penstock.upstream.UpstreamException;
import java.util.Optional;

/**
 * What the failure of an attempt says about its instance, and the word for it in metrics. Immutable.
 *
 * @param evidence empty when the instance did nothing wrong
 */
record Setback(Optional<Evidence> evidence, String word) {
    private static final Setback ERROR_FIRST = new Setback(Optional.of(Evidence.ERROR_EVENT), "error_event");

    /** Of what broke an attempt; empty when that is a bug of our own, which says nothing about the instance. */
    static Optional<Setback> of(Throwable cause) {
        return cause instanceof UpstreamException failure ? Optional.of(of(failure.kind())) : Optional.empty();
    }

    /** Of a stream by its first event, which may be missing; empty when it is a good one. */
    static Optional<Setback> ofFirst(Optional<EventKind> event) {
        if (event.isEmpty()) {
            return Optional.of(of(UpstreamException.Kind.TRUNCATED));
        }
        return event.filter(kind -> kind == EventKind.ERROR).map(kind -> ERROR_FIRST);
    }

    static Setback of(UpstreamException.Kind kind) {
        return new Setback(
                Optional.of(evidence(kind)), Failures.of(kind).outcome().word());
    }

    /** A clock that rang. */
    static Setback of(Outcome clock) {
        boolean first = clock == Outcome.FIRST_BYTE_TIMEOUT;
        return new Setback(Optional.of(first ? Evidence.FIRST_BYTE_TIMEOUT : Evidence.IDLE_STALL), clock.word());
    }

    static Setback ofStatus(int status) {
        return status >= 500
                ? new Setback(Optional.of(Evidence.SERVER_ERROR), statusWord(status))
                : new Setback(Optional.empty(), statusWord(status));
    }

    /** The word of a status in the list of reasons for a retry. */
    static String statusWord(int status) {
        return status >= 500 ? "5xx" : Integer.toString(status);
    }

    void tell(InstanceLease lease) {
        evidence.ifPresentOrElse(found -> lease.failed(found, word), lease::succeeded);
    }

    static Evidence evidence(UpstreamException.Kind kind) {
        return switch (kind) {
            case CONNECT_FAILED, CONNECT_TIMEOUT -> Evidence.CONNECT_FAILED;
            case TRUNCATED -> Evidence.TRUNCATED;
            case NO_RESPONSE, RESET, ABORTED -> Evidence.RESET;
        };
    }
}
