// SPDX-License-Identifier: Apache-2.0
package dev.penstock.upstream;

import java.util.List;
import java.util.Optional;

/** The head of a model server's answer. Immutable. */
public record UpstreamHead(int status, List<UpstreamRequest.Header> headers) {
    public UpstreamHead {
        headers = List.copyOf(headers);
    }

    /** The first value of a header, by its name in any case. */
    public Optional<String> header(String name) {
        return headers.stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(UpstreamRequest.Header::value)
                .findFirst();
    }
}
