// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Status and headers of the upstream's answer, and who gave it.
 *
 * <p>A filter sees it before anything was sent to the client, an observer as the client got it.
 *
 * <pre>{@code
 * public void onStart(ResponseHead head) {
 *     this.instance = head.instance();
 * }
 * }</pre>
 *
 * <p>Immutable. Core implements it; methods may be added.
 */
public interface ResponseHead {

    /** The HTTP status, 200 to 599. */
    int status();

    /** The names of the headers, lower case. */
    Set<String> headerNames();

    /** The first value of a header; names ignore case. */
    Optional<String> header(String name);

    /** Every value of a header, in order; names ignore case. */
    List<String> headers(String name);

    /** Whether the body is a stream of server-sent events; if not, it arrives as one event named {@code body}. */
    boolean streaming();

    /** The cluster that answered. */
    String cluster();

    /** The instance that answered. */
    String instance();

    /** The model name that was sent to the instance; empty text if none was. */
    String upstreamModel();
}
