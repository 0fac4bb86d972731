// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** One header line. Immutable. */
public record Header(String name, String value) {
    public Header {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
    }

    /** The first value of a name, in any case. */
    public static Optional<String> first(List<Header> headers, String name) {
        for (Header header : headers) {
            if (header.name.equalsIgnoreCase(name)) {
                return Optional.of(header.value);
            }
        }
        return Optional.empty();
    }
}
