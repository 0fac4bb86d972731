// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.mock;

import static dev.penstock.cli.mock.MockJson.object;
import static dev.penstock.cli.mock.MockJson.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** OpenAI embeddings: for every input one vector of length one, the same each time for the same input. Immutable. */
final class Embeddings {

    private static final int DIMENSIONS = 16;
    private static final int MOST_DIMENSIONS = 4096;

    private Embeddings() {}

    static String of(ModelRequest request) {
        JsonNode input = request.body().path("input");
        int dimensions = Math.clamp(request.body().path("dimensions").asInt(DIMENSIONS), 1, MOST_DIMENSIONS);
        boolean packed = request.body().path("encoding_format").asText("").equals("base64");
        List<Object> rows = new ArrayList<>();
        for (JsonNode one : several(input) ? input : List.of(input)) {
            float[] vector = vector(one.toString().hashCode(), dimensions);
            rows.add(object("object", "embedding", "index", rows.size(), "embedding", packed ? pack(vector) : vector));
        }
        return text(object(
                "object",
                "list",
                "data",
                rows,
                "model",
                request.model(),
                "usage",
                object("prompt_tokens", request.promptTokens(), "total_tokens", request.promptTokens())));
    }

    /** An array of strings or of token arrays is several inputs; an array of numbers is one. */
    private static boolean several(JsonNode input) {
        return input.isArray() && !input.path(0).isNumber();
    }

    private static float[] vector(int seed, int dimensions) {
        float[] vector = new float[dimensions];
        double squares = 0;
        for (int i = 0; i < dimensions; i++) {
            vector[i] = (float) Math.sin(seed + i * 0.7);
            squares += vector[i] * vector[i];
        }
        for (int i = 0; i < dimensions; i++) {
            vector[i] /= (float) Math.sqrt(squares);
        }
        return vector;
    }

    private static String pack(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
