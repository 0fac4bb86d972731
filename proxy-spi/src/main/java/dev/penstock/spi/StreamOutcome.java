// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

import java.util.Locale;
import java.util.Optional;

/**
 * How a stream ended. The same words as in metrics and in the access log.
 *
 * <pre>{@code
 * if (outcome.kind() != StreamOutcome.Kind.COMPLETED) {
 *     failures.add(1, outcome.kind().label());
 * }
 * }</pre>
 *
 * <p>Immutable. Core implements it; methods may be added.
 */
public interface StreamOutcome {

    /** What happened. */
    Kind kind();

    /**
     * The reason: for {@link Kind#REJECTED} a word such as {@code worker_cap} or {@code rejected_by_plugin}, for
     * {@link Kind#STOPPED_BY_PLUGIN} the plugin's own word.
     */
    Optional<String> reason();

    /** The chain entry that caused the end, if a plugin did. */
    Optional<String> plugin();

    /** Where it did so: {@code open}, {@code request}, {@code response_head}, {@code event}, {@code last}, ... */
    Optional<String> phase();

    /** The ways in which a stream can end. The list may grow in a minor version; keep a default branch. */
    enum Kind {
        /** The terminal event of the dialect was reached, or a plugin answered the request. */
        COMPLETED,
        /** The request was refused before or instead of an upstream's answer; see {@link StreamOutcome#reason()}. */
        REJECTED,
        /** The client left. */
        CLIENT_DISCONNECT,
        /** The upstream broke, or said that it failed. */
        UPSTREAM_ERROR,
        /** The upstream ended without its dialect's terminal event. */
        UPSTREAM_TRUNCATED,
        /** No instance could be connected. */
        CONNECT_FAILED,
        /** No instance answered in time. */
        FIRST_BYTE_TIMEOUT,
        /** The upstream was silent for too long. */
        IDLE_TIMEOUT,
        /** The stream took longer than a stream may. */
        MAX_DURATION,
        /** An event or the answer was larger than configured. */
        LIMIT_EXCEEDED,
        /** The client did not read. */
        SLOW_CLIENT,
        /** A filter ended the stream. */
        STOPPED_BY_PLUGIN,
        /** A plugin failed, and its policy is to fail closed. */
        PLUGIN_ERROR,
        /** The proxy stopped before the stream ended. */
        SHUTDOWN,
        /** A defect of the proxy. */
        INTERNAL_ERROR;

        private final String label;

        Kind() {
            this.label = name().toLowerCase(Locale.ROOT);
        }

        /** The word that metrics and the access log use: the constant's name in lower case. */
        public String label() {
            return label;
        }
    }
}
