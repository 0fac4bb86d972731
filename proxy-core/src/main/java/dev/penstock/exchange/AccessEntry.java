// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * All there is to say about one finished request, admitted or refused. Names that were never determined are empty
 * strings. It has no place for prompts, completions, headers or credentials, so a log cannot show them. Immutable.
 *
 * @param time when the request ended
 * @param id our id, never the client's
 * @param requestId the client's own {@code x-request-id} if it is a proper one, or {@code req_} and our id
 * @param traceparent the W3C trace context it came with
 * @param status the status code the client got, 0 if none
 * @param outcome a word of the closed list, empty for a refusal
 * @param reason why it was refused
 * @param phase the room it was in when it ended: accept, route, guard, admit, pick, connect, relay, finish
 * @param endedBy the side that ended it: client, upstream, proxy, plugin, operator
 * @param tokens by type: input, output, cache_read, cache_write, reasoning
 * @param millis by name: queue, connect, first_byte, first_token, total, overhead
 * @param extra what plugins added, keys and values theirs
 */
public record AccessEntry(
        Instant time,
        String id,
        String requestId,
        Optional<String> traceparent,
        String consumer,
        String route,
        String cluster,
        String instance,
        String dialect,
        String modelAsked,
        String modelServed,
        int attempts,
        int status,
        String outcome,
        Optional<String> reason,
        String phase,
        String endedBy,
        long bytesIn,
        long bytesOut,
        long events,
        Map<String, Long> tokens,
        Map<String, Double> millis,
        Map<String, String> extra,
        String method,
        String path,
        String peer) {
    public AccessEntry {
        requireNonNull(time, "time");
        requireNonNull(id, "id");
        requireNonNull(outcome, "outcome");
        tokens = ordered(tokens);
        millis = ordered(millis);
        extra = ordered(extra);
    }

    /** Of what was refused before it was a request that could walk through the rooms. */
    static AccessEntry unread(String id, String method, String path, String peer, String dialect, int status) {
        return new AccessEntry(
                Instant.now(),
                id,
                "req_" + id,
                Optional.empty(),
                "",
                "",
                "",
                "",
                dialect,
                "",
                "",
                0,
                status,
                "",
                Optional.of(RefusalReason.BAD_REQUEST.word()),
                StreamPhase.ACCEPT.word(),
                "proxy",
                0,
                0,
                0,
                Map.of(),
                Map.of(),
                Map.of(),
                method,
                path,
                peer);
    }

    /** A copy that keeps the order the fields of a log line shall have, which {@code Map.copyOf} does not. */
    private static <V> Map<String, V> ordered(Map<String, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
