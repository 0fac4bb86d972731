// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.mock;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What the mock needs to know of a model request. Immutable.
 *
 * @param id number of this answer, in hexadecimal
 * @param created seconds since the epoch
 */
record ModelRequest(JsonNode body, String model, boolean stream, int promptTokens, String id, long created) {

    static ModelRequest of(MockRequest request, String id, long created) {
        JsonNode body = MockJson.read(request.body());
        String model = body.path("model").asText("");
        if (model.isEmpty()) {
            throw new IllegalArgumentException("you must provide a model");
        }
        int promptTokens = Math.max(1, request.body().length() / 4);
        return new ModelRequest(body, model, body.path("stream").asBoolean(false), promptTokens, id, created);
    }

    boolean includesUsage() {
        return body.path("stream_options").path("include_usage").asBoolean(false);
    }
}
