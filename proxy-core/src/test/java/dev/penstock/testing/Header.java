// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import static java.util.Objects.requireNonNull;

/** One header line as it was on the wire, the name in its original case. Immutable. */
public record Header(String name, String value) {
    public Header {
        requireNonNull(name, "name");
        requireNonNull(value, "value");
    }

    boolean is(String other) {
        return name.equalsIgnoreCase(other);
    }
}
