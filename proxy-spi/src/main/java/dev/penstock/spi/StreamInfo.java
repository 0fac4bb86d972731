// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a stream when it opens: who asks, for what, how.
 *
 * <p>Valid for as long as the stream's objects live; keep it in a field. {@link #model()} and {@link #consumer()} may
 * change while the request filters run and are final from admission on.
 *
 * <pre>{@code
 * log.info("{} {} {}", stream.id(), stream.consumer().orElse("-"), stream.model());
 * }</pre>
 *
 * <p>Thread-safe. Core implements it; methods may be added.
 */
public interface StreamInfo {

    /** Core's own id for this stream, unique in the process; it names the thread and appears in the access log. */
    String id();

    /** When the request's head had been read. */
    Instant startedAt();

    /** The HTTP method, upper case. */
    String method();

    /** The path of the request, without the query. */
    String path();

    /**
     * The API that the client speaks: {@code openai-chat}, {@code openai-responses}, {@code openai-completions},
     * {@code openai-embeddings}, {@code anthropic-messages}, {@code anthropic-count-tokens} or {@code passthrough}. The list
     * may grow.
     */
    String dialect();

    /** The model that the request is routed by; empty text if the request names none. */
    String model();

    /** Whether the client asked for a stream; if not, the answer arrives as one event named {@code body}. */
    boolean streaming();

    /** The name of the route that matched; empty if none did. */
    Optional<String> route();

    /** Who is calling: set by a filter ({@link RequestDraft#consumer}) or by configuration; the unit of caps and logs. */
    Optional<String> consumer();

    /** The address of the client's end of the connection, without the port. */
    String peer();

    /** The first value of a request header, as the client sent it; names ignore case. */
    Optional<String> header(String name);

    /** Every value of a request header, as the client sent it, in order; names ignore case. */
    List<String> headers(String name);
}
