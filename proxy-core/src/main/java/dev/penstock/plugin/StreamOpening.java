// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the exchange knows of a request when its plugins are opened. Immutable.
 *
 * @param model the name that the request asked for; empty text if none
 * @param consumer who is calling, as far as the configuration alone can say
 * @param headers as the client sent them; names in lower case
 */
public record StreamOpening(
        String id,
        Instant startedAt,
        String method,
        String path,
        String dialect,
        String model,
        boolean streaming,
        Optional<String> route,
        Optional<String> consumer,
        String peer,
        Map<String, List<String>> headers) {
    public StreamOpening {
        requireNonNull(id, "id");
        requireNonNull(startedAt, "startedAt");
        requireNonNull(model, "model");
        headers = Map.copyOf(headers);
    }
}
