// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

import java.util.Map;
import java.util.Set;

/**
 * What a filter says to the head of an answer. Make one with a static method.
 *
 * <pre>{@code
 * return ResponseDecision.replaceHeaders(Map.of("x-served-by", head.cluster()));
 * }</pre>
 *
 * <p>Immutable.
 */
public sealed interface ResponseDecision
        permits ResponseDecision.Proceed, ResponseDecision.ReplaceHeaders, RequestDecision.Reject {

    /** The head goes on unchanged. */
    static ResponseDecision proceed() {
        return Proceed.INSTANCE;
    }

    /**
     * Each of these headers gets this value, in place of all that it has; the others stay.
     *
     * @throws IllegalArgumentException for headers that are not valid or that only core may set
     */
    static ResponseDecision replaceHeaders(Map<String, String> values) {
        return new ReplaceHeaders(values, Set.of());
    }

    /**
     * As {@link #replaceHeaders(Map)}, and removes others.
     *
     * @throws IllegalArgumentException for headers that are not valid or that only core may set
     */
    static ResponseDecision replaceHeaders(Map<String, String> values, Set<String> removed) {
        return new ReplaceHeaders(values, removed);
    }

    /**
     * The client gets an error in its dialect instead; the upstream is aborted.
     *
     * @param status 400 to 599
     * @param code a stable word for programs
     * @param message for people; it is shown to the client
     * @throws IllegalArgumentException for another status or an empty code
     */
    static ResponseDecision reject(int status, String code, String message) {
        return new RequestDecision.Reject(status, code, message, Map.of());
    }

    /** See {@link #proceed()}. */
    enum Proceed implements ResponseDecision {
        /** The only one. */
        INSTANCE
    }

    /** See {@link #replaceHeaders(Map, Set)}. Names are lower case. */
    record ReplaceHeaders(Map<String, String> values, Set<String> removed) implements ResponseDecision {
        /** Validates. */
        public ReplaceHeaders {
            values = HttpRules.headers(values);
            removed = HttpRules.headerNames(removed);
        }
    }
}
