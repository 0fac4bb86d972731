// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.relay.BrokenEncodingException;
import dev.penstock.relay.RelayEnd;
import dev.penstock.upstream.UpstreamException;

/**
 * What a client is told of each failure: a status before the commit, a message always. Messages name no address, no exception
 * and no key.
 *
 * <p>Immutable: without state.
 */
final class Failures {
    private Failures() {}

    /** The ending for an outcome that was decided by somebody else than the stream thread. */
    static Ending of(Outcome outcome) {
        return switch (outcome) {
            case CLIENT_DISCONNECT, SLOW_CLIENT -> new Ending.Gone(outcome);
            case COMPLETED -> new Ending.Whole(outcome);
            case FIRST_BYTE_TIMEOUT -> broken(outcome, 504, "The model server did not answer in time.");
            case IDLE_TIMEOUT -> broken(outcome, 504, "The model server stopped sending.");
            case MAX_DURATION -> broken(outcome, 504, "The request took longer than this proxy allows.");
            case SHUTDOWN -> broken(outcome, 503, "This proxy is shutting down, or an operator ended the request.");
            case CONNECT_FAILED -> broken(outcome, 502, "The model server could not be reached.");
            case UPSTREAM_ERROR -> broken(outcome, 502, "The model server failed.");
            case UPSTREAM_TRUNCATED ->
                broken(outcome, 502, "The model server ended its answer before it was complete.");
            case LIMIT_EXCEEDED -> broken(outcome, 502, "The model server's answer is larger than this proxy allows.");
            case STOPPED_BY_PLUGIN -> broken(outcome, 403, "The answer was stopped.");
            case PLUGIN_ERROR, INTERNAL_ERROR -> broken(outcome, 500, "The request failed inside this proxy.");
        };
    }

    static Ending of(UpstreamException.Kind kind) {
        return switch (kind) {
            case CONNECT_TIMEOUT ->
                broken(Outcome.CONNECT_FAILED, 504, "The model server did not accept a connection in time.");
            case CONNECT_FAILED -> of(Outcome.CONNECT_FAILED);
            case TRUNCATED -> of(Outcome.UPSTREAM_TRUNCATED);
            case NO_RESPONSE, RESET, ABORTED -> of(Outcome.UPSTREAM_ERROR);
        };
    }

    static Ending of(BrokenEncodingException.Kind kind) {
        return switch (kind) {
            case TRUNCATED -> of(Outcome.UPSTREAM_TRUNCATED);
            case CORRUPT -> of(Outcome.UPSTREAM_ERROR);
            case BOMB -> of(Outcome.LIMIT_EXCEEDED);
        };
    }

    static Ending of(RelayEnd.LimitExceeded limit) {
        return broken(Outcome.LIMIT_EXCEEDED, 502, "Stopped: " + limit.message() + ".");
    }

    static Ending broken(Outcome outcome, int status, String message) {
        return new Ending.Broken(outcome, Refusal.failure(status, outcome, message));
    }
}
