// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.mock;

import static dev.penstock.cli.mock.MockJson.object;
import static dev.penstock.cli.mock.MockJson.text;

import dev.penstock.cli.mock.Answer.Computed;
import dev.penstock.cli.mock.Answer.Document;
import dev.penstock.cli.mock.Answer.Generation;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** Which path answers with what. Immutable. */
final class MockEndpoints {

    private static final String MODELS = "/v1/models";
    private static final List<String> MODEL_NAMES = List.of("mock", "mock-small", "claude-mock");
    private static final Instant BIRTH = Instant.parse("2026-01-01T00:00:00Z");

    private final InstantSource clock;

    MockEndpoints(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * The answer to a request.
     *
     * @throws IllegalArgumentException if the request's body is not what the endpoint takes
     */
    Answer answer(MockRequest request, String id) {
        return switch (request.method()) {
            case "POST" -> post(request, id);
            case "GET", "HEAD" -> get(request);
            default -> new Document(405, style(request).body(405, "method " + request.method() + " is not allowed"));
        };
    }

    private Answer post(MockRequest request, String id) {
        return switch (request.path()) {
            case "/v1/chat/completions" -> generation(new ChatScript(model(request, id)), request, id);
            case "/v1/completions" -> generation(new CompletionScript(model(request, id)), request, id);
            case "/v1/responses" -> generation(new ResponsesScript(model(request, id)), request, id);
            case "/v1/messages" -> generation(new MessagesScript(model(request, id)), request, id);
            case "/v1/messages/count_tokens" ->
                new Computed(text(object("input_tokens", model(request, id).promptTokens())), ErrorStyle.ANTHROPIC);
            case "/v1/embeddings" -> new Computed(Embeddings.of(model(request, id)), ErrorStyle.OPENAI);
            default -> notFound(request);
        };
    }

    private Answer generation(Script script, MockRequest request, String id) {
        return new Generation(script, model(request, id).stream());
    }

    private ModelRequest model(MockRequest request, String id) {
        return ModelRequest.of(request, id, clock.instant().getEpochSecond());
    }

    private static Answer get(MockRequest request) {
        if (request.path().equals("/health") || request.path().equals("/")) {
            return new Document(200, text(object("status", "ok")));
        }
        if (request.path().equals(MODELS)) {
            return new Document(200, anthropic(request) ? anthropicModels() : openAiModels());
        }
        if (request.path().startsWith(MODELS + "/")) {
            String name = request.path().substring(MODELS.length() + 1);
            return new Document(200, text(anthropic(request) ? anthropicModel(name) : openAiModel(name)));
        }
        return notFound(request);
    }

    private static Document notFound(MockRequest request) {
        return new Document(404, style(request).body(404, "nothing answers at " + request.path()));
    }

    static ErrorStyle style(MockRequest request) {
        return anthropic(request) || request.path().startsWith("/v1/messages")
                ? ErrorStyle.ANTHROPIC
                : ErrorStyle.OPENAI;
    }

    /** Both families list models at the same path; only one sends this header. */
    private static boolean anthropic(MockRequest request) {
        return request.header("anthropic-version").isPresent();
    }

    private static String openAiModels() {
        List<Object> models =
                MODEL_NAMES.stream().<Object>map(MockEndpoints::openAiModel).toList();
        return text(object("object", "list", "data", models));
    }

    private static Map<String, Object> openAiModel(String name) {
        return object("id", name, "object", "model", "created", BIRTH.getEpochSecond(), "owned_by", "penstock");
    }

    private static String anthropicModels() {
        List<Object> models =
                MODEL_NAMES.stream().<Object>map(MockEndpoints::anthropicModel).toList();
        return text(object(
                "data",
                models,
                "has_more",
                false,
                "first_id",
                MODEL_NAMES.getFirst(),
                "last_id",
                MODEL_NAMES.getLast()));
    }

    private static Map<String, Object> anthropicModel(String name) {
        return object("type", "model", "id", name, "display_name", name, "created_at", BIRTH.toString());
    }
}
