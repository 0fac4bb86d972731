// SPDX-License-Identifier: Apache-2.0
package dev.penstock.server;

import static java.util.Objects.requireNonNull;

import dev.penstock.metrics.JsonText;
import java.util.Map;

/** What an admin endpoint answers. Immutable. */
public record AdminReply(int status, String contentType, String body, Map<String, String> headers) {
    private static final String JSON = "application/json";

    public AdminReply {
        requireNonNull(contentType, "contentType");
        requireNonNull(body, "body");
        headers = Map.copyOf(headers);
    }

    public AdminReply(int status, String contentType, String body) {
        this(status, contentType, body, Map.of());
    }

    public static AdminReply text(int status, String line) {
        return new AdminReply(status, "text/plain; charset=utf-8", line + "\n");
    }

    public static AdminReply json(int status, JsonText body) {
        return new AdminReply(status, JSON, body + "\n");
    }

    /** {@code {"error":"..."}}; the message is for strangers too, so it names nothing of the inside. */
    public static AdminReply error(int status, String message) {
        return json(status, new JsonText().object().field("error", message).end());
    }

    AdminReply with(String header, String value) {
        return new AdminReply(status, contentType, body, Map.of(header, value));
    }
}
