// SPDX-License-Identifier: Apache-2.0
package dev.penstock.routing;

import java.util.List;

/** A request's headers as the table asks for them. */
@FunctionalInterface
public interface HeaderLookup {

    /** All values of a header, in order; the name is in lower case. */
    List<String> values(String name);

    /** A request without headers. */
    static HeaderLookup none() {
        return name -> List.of();
    }
}
