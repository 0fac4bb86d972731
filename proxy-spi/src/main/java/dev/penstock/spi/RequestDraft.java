// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The client's request while the request filters pass it on; what one changes, the next one sees.
 *
 * <p>Valid only during {@link StreamFilter#onRequest}; later calls throw {@link IllegalStateException}. If the call
 * fails or overruns its budget under fail-open, its changes are undone.
 *
 * <pre>{@code
 * public RequestDecision onRequest(RequestDraft request) {
 *     request.routeTo(aliases.getOrDefault(request.model(), request.model()));
 *     return RequestDecision.proceed();
 * }
 * }</pre>
 *
 * <p>Confined to the stream thread. Core implements it; methods may be added.
 */
public interface RequestDraft {

    /** The HTTP method, upper case. */
    String method();

    /** The path of the request, without the query. */
    String path();

    /** The model that the request will be routed by; empty text if it names none. */
    String model();

    /** Whether the client asked for a stream. */
    boolean streaming();

    /**
     * Routes the request by another model name. Core matches the routes again, once, after the last filter, and writes
     * this name into the body that goes upstream, unless the chosen instance has a model name of its own.
     *
     * @throws IllegalArgumentException if the name is empty or has control characters
     */
    void routeTo(String model);

    /** Who is calling, if a filter or the configuration has said so. */
    Optional<String> consumer();

    /**
     * Says who is calling: the unit of the consumer's cap, of fair queueing, of the access log and of metrics. Take it
     * from your configuration, never from what a client sends unchecked.
     *
     * @throws IllegalArgumentException if the name is empty, longer than 128 characters or has control characters
     */
    void consumer(String name);

    /** The names of the headers, lower case. */
    Set<String> headerNames();

    /** The first value of a header; names ignore case. */
    Optional<String> header(String name);

    /** Every value of a header, in order; names ignore case. */
    List<String> headers(String name);

    /**
     * Sets a header to one value, replacing all of its values. Which headers reach the upstream is core's business: the
     * client's credentials never do.
     *
     * @throws IllegalArgumentException for names and values that are not valid in HTTP, and for the hop-by-hop and
     *     framing headers ({@code connection}, {@code transfer-encoding}, {@code content-length}, {@code host}, ...)
     */
    void replaceHeader(String name, String value);

    /**
     * Removes all values of a header.
     *
     * @throws IllegalArgumentException as {@link #replaceHeader}
     */
    void removeHeader(String name);

    /** The whole body, read-only; position 0 to limit. A new view at every call. */
    ByteBuffer body();

    /**
     * Replaces the whole body; core reads the model and the stream flag from it again. Core keeps the array: do not
     * change it afterwards.
     */
    void replaceBody(byte[] body);
}
