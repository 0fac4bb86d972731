// SPDX-License-Identifier: Apache-2.0
package dev.penstock.upstream;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;

/**
 * What to send to a model server. Immutable; the bytes of the body are not copied and must not be changed.
 *
 * @param pathAndQuery as it goes on the wire, beginning with a slash
 * @param headers without framing and hop-by-hop headers, which are ours to set
 */
public record UpstreamRequest(String method, String pathAndQuery, List<Header> headers, ByteBuffer body) {
    public UpstreamRequest {
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(pathAndQuery, "pathAndQuery");
        headers = List.copyOf(headers);
        Objects.requireNonNull(body, "body");
    }

    /** One header line. Immutable. */
    public record Header(String name, String value) {}
}
