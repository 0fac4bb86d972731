// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.config.ConsumerConfig;
import dev.penstock.dialect.BadRequest;
import dev.penstock.dialect.Dialect;
import dev.penstock.dialect.DialectFamily;
import dev.penstock.dialect.ModelList;
import dev.penstock.dialect.RequestFacts;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The first room: is this a request that the proxy can take at all? Method, content type, and what the dialect can read in the
 * body.
 *
 * <p>Confined to the stream thread.
 */
final class Accept {
    private static final String JSON = "application/json";

    private final Generation generation;
    private final ClientRequest request;

    Accept(Generation generation, ClientRequest request) {
        this.generation = generation;
        this.request = request;
    }

    /** Refuses what can be refused without a look at the routes. */
    void checkHead(boolean draining) {
        if (draining) {
            throw new RefusedException(Refusals.draining());
        }
        checkMethod();
    }

    private void checkMethod() {
        List<String> methods =
                isModelPath() ? List.of("GET", "HEAD") : request.dialect().methods();
        if (!methods.contains(request.method())) {
            throw new RefusedException(
                    Refusal.of(405, RefusalReason.BAD_REQUEST, "This path takes " + String.join(", ", methods) + ".")
                            .withCode("method_not_allowed")
                            .withHeader("Allow", String.join(", ", methods)));
        }
    }

    /** Whether the client asks which models there are, which we answer ourselves. */
    boolean isModelList() {
        return isModelPath();
    }

    private boolean isModelPath() {
        return request.path().equals(ModelList.PATH)
                || ModelList.nameIn(request.path()).isPresent();
    }

    void answerModels(Downstream downstream) {
        DialectFamily family =
                request.header("anthropic-version").isPresent() ? DialectFamily.ANTHROPIC : DialectFamily.OPENAI;
        ModelList models = generation.models();
        Optional<String> name = ModelList.nameIn(request.path());
        byte[] answer = name.isEmpty()
                ? models.all(family)
                : models.one(family, name.get()).orElseThrow(() -> new RefusedException(unknownModel(name.get())));
        new Reply(request, downstream).json(200, List.of(), answer);
    }

    static Refusal unknownModel(String model) {
        return Refusal.of(
                        404,
                        RefusalReason.UNKNOWN_MODEL,
                        "There is no model \"" + shortened(model) + "\" here; GET /v1/models lists them.")
                .withCode("model_not_found")
                .withParam("model");
    }

    private static String shortened(String model) {
        return model.length() <= 128 ? model : model.substring(0, 128) + "...";
    }

    private void checkContentType() {
        if (!request.dialect().needsModel()) {
            return;
        }
        String type = request.header("content-type").orElse("").toLowerCase(Locale.ROOT);
        int semicolon = type.indexOf(';');
        String essence = (semicolon < 0 ? type : type.substring(0, semicolon)).strip();
        if (!essence.equals(JSON)) {
            throw new RefusedException(
                    Refusal.of(415, RefusalReason.BAD_REQUEST, "The content type must be application/json.")
                            .withCode("unsupported_media_type"));
        }
    }

    /** What a body says, if it says it so that a route can be found. */
    RequestBody read(byte[] bytes) {
        checkContentType();
        Dialect dialect = request.dialect();
        return switch (dialect.read(bytes)) {
            case RequestFacts facts -> new RequestBody(bytes, facts);
            case BadRequest(String message, Optional<String> param) -> {
                Refusal refusal = Refusal.of(400, RefusalReason.BAD_REQUEST, message);
                throw new RefusedException(param.map(refusal::withParam).orElse(refusal));
            }
        };
    }

    /** Who is calling, for limits and logs: the header where one is configured and sent, else the peer's address. */
    String consumer() {
        return switch (generation.config().consumer()) {
            case ConsumerConfig.Peer ignored -> request.peer();
            case ConsumerConfig.Header(var name) -> request.header(name.text()).orElse(request.peer());
        };
    }
}
