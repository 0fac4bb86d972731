// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.mock;

import java.util.Map;
import java.util.Optional;

/**
 * One HTTP request as it came. Immutable.
 *
 * @param path the path without its query
 * @param headers by lower-case name; of a repeated header the last value
 */
record MockRequest(String method, String path, boolean http10, Map<String, String> headers, String body) {

    MockRequest {
        headers = Map.copyOf(headers);
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    boolean wantsClose() {
        return http10 || header("connection").filter("close"::equalsIgnoreCase).isPresent();
    }
}
