// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * An answer of ours instead of a model server's: what the client is told, in its dialect's error body, and when to come back.
 * Immutable.
 *
 * @param reason why, when the request was refused; empty when something failed on the way
 * @param code the error body's code, a word of ours
 * @param param the request's field that is wrong
 * @param headers more header lines of the answer
 * @param close the connection must not be used again
 */
public record Refusal(
        int status,
        Optional<RefusalReason> reason,
        String code,
        String message,
        Optional<String> param,
        Optional<Duration> retryAfter,
        List<Header> headers,
        boolean close) {
    public Refusal {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(param, "param");
        headers = List.copyOf(headers);
    }

    public static Refusal of(int status, RefusalReason reason, String message) {
        return new Refusal(
                status,
                Optional.of(reason),
                reason.word(),
                message,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                false);
    }

    static Refusal failure(int status, Outcome outcome, String message) {
        return new Refusal(
                status,
                Optional.empty(),
                outcome.word(),
                message,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                false);
    }

    public Refusal withParam(String field) {
        return new Refusal(status, reason, code, message, Optional.of(field), retryAfter, headers, close);
    }

    public Refusal withCode(String word) {
        return new Refusal(status, reason, word, message, param, retryAfter, headers, close);
    }

    public Refusal withRetryAfter(Duration after) {
        return new Refusal(status, reason, code, message, param, Optional.of(after), headers, close);
    }

    public Refusal withHeader(String name, String value) {
        return withHeaders(List.of(new Header(name, value)));
    }

    Refusal withHeaders(List<Header> lines) {
        return new Refusal(status, reason, code, message, param, retryAfter, lines, close);
    }

    /** The connection is closed after the answer, because there is, or may be, a request body on it that nobody reads. */
    public Refusal closing() {
        return new Refusal(status, reason, code, message, param, retryAfter, headers, true);
    }
}
