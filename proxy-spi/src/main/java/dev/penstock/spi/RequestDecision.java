// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;

/**
 * What a filter says to a request. Make one with a static method; core acts on it.
 *
 * <pre>{@code
 * return known.contains(request.model())
 *         ? RequestDecision.proceed()
 *         : RequestDecision.reject(404, "model_not_found", "There is no model " + request.model());
 * }</pre>
 *
 * <p>Immutable.
 */
public sealed interface RequestDecision {

    /** The request goes on to the next filter. */
    static RequestDecision proceed() {
        return Proceed.INSTANCE;
    }

    /**
     * The request ends here with an error in the client's dialect.
     *
     * @param status 400 to 599
     * @param code a stable word for programs, such as {@code model_not_found}
     * @param message for people; it is shown to the client
     * @throws IllegalArgumentException for another status or an empty code
     */
    static RequestDecision reject(int status, String code, String message) {
        return new Reject(status, code, message, Map.of());
    }

    /**
     * As {@link #reject(int, String, String)}, with response headers such as {@code retry-after} or
     * {@code www-authenticate}.
     *
     * @throws IllegalArgumentException also for headers that are not valid or that only core may set
     */
    static RequestDecision reject(int status, String code, String message, Map<String, String> headers) {
        return new Reject(status, code, message, headers);
    }

    /**
     * The request ends here with this answer: a cache hit, a canned reply. No permit is taken, no upstream contacted.
     *
     * @param status 200 to 599
     * @param headers such as {@code content-type}; framing is core's
     * @param body the whole body; core keeps the array
     * @throws IllegalArgumentException for another status or headers that are not valid or that only core may set
     */
    static RequestDecision answer(int status, Map<String, String> headers, byte[] body) {
        return new Answer(status, headers, ByteBuffer.wrap(body));
    }

    /** See {@link #proceed()}. */
    enum Proceed implements RequestDecision {
        /** The only one. */
        INSTANCE
    }

    /** See {@link #reject(int, String, String)}. */
    record Reject(int status, String code, String message, Map<String, String> headers)
            implements RequestDecision, ResponseDecision {
        /** Validates. */
        public Reject {
            HttpRules.requireStatus(status, 400);
            HttpRules.requireCode(code);
            Objects.requireNonNull(message, "message");
            headers = HttpRules.headers(headers);
        }
    }

    /** See {@link #answer}. */
    record Answer(int status, Map<String, String> headers, ByteBuffer body) implements RequestDecision {
        /** Validates. */
        public Answer {
            HttpRules.requireStatus(status, 200);
            headers = HttpRules.headers(headers);
            body = body.asReadOnlyBuffer();
        }

        /** The body, read-only; a new view at every call. */
        @Override
        public ByteBuffer body() {
            return body.duplicate();
        }
    }
}
