// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.Locale;

/** One entry of {@code retry.on}. Immutable. */
public sealed interface RetryCondition {
    /** For the schema. */
    String PATTERN = "connect_failed|reset|first_byte_timeout|error_event|[45]xx|[45][0-9]{2}";

    /** Ways to fail that are not a status. */
    enum Failure {
        CONNECT_FAILED,
        RESET,
        FIRST_BYTE_TIMEOUT,
        ERROR_EVENT
    }

    /** One of the named failures. */
    record OnFailure(Failure failure) implements RetryCondition {
        @Override
        public String toString() {
            return failure.name().toLowerCase(Locale.ROOT);
        }
    }

    /** A status, or a whole class of them. */
    record OnStatus(StatusRange range) implements RetryCondition {
        @Override
        public String toString() {
            return range.from() == range.to() ? range.toString() : range.from() / 100 + "xx";
        }
    }

    default boolean covers(Failure failure) {
        return this instanceof OnFailure on && on.failure == failure;
    }

    default boolean coversStatus(int status) {
        return this instanceof OnStatus on && on.range.contains(status);
    }

    /** Reads {@code reset}, {@code 429} or {@code 5xx}. */
    static RetryCondition parse(String text) {
        for (Failure failure : Failure.values()) {
            if (failure.name().toLowerCase(Locale.ROOT).equals(text)) {
                return new OnFailure(failure);
            }
        }
        if (text.matches("[45]xx")) {
            int from = (text.charAt(0) - '0') * 100;
            return new OnStatus(new StatusRange(from, from + 99));
        }
        if (text.matches("[45][0-9]{2}")) {
            int status = Integer.parseInt(text);
            return new OnStatus(new StatusRange(status, status));
        }
        throw new IllegalArgumentException(
                "must be connect_failed, reset, first_byte_timeout, error_event, a status such as 429, or 4xx or 5xx");
    }
}
