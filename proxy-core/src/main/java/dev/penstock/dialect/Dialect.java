// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/**
 * One way of speaking to a model over HTTP, known by the path of the request.
 *
 * <p>Immutable.
 */
public enum Dialect {
    /** {@code /v1/chat/completions}. */
    OPENAI_CHAT("openai-chat", DialectFamily.OPENAI),
    /** {@code /v1/responses}. */
    OPENAI_RESPONSES("openai-responses", DialectFamily.OPENAI),
    /** What lies below {@code /v1/responses/}: stored responses, which name no model but may be streamed again. */
    OPENAI_RESPONSES_STORED("openai-responses", DialectFamily.OPENAI),
    /** {@code /v1/completions}. */
    OPENAI_COMPLETIONS("openai-completions", DialectFamily.OPENAI),
    /** {@code /v1/embeddings}. */
    OPENAI_EMBEDDINGS("openai-embeddings", DialectFamily.OPENAI),
    /** {@code /v1/messages}. */
    ANTHROPIC_MESSAGES("anthropic-messages", DialectFamily.ANTHROPIC),
    /** {@code /v1/messages/count_tokens}. */
    ANTHROPIC_COUNT_TOKENS("anthropic-count-tokens", DialectFamily.ANTHROPIC),
    /** Any other path. */
    PASSTHROUGH("passthrough", DialectFamily.PASSTHROUGH);

    private static final String STORED = "/v1/responses/";

    private final String id;
    private final DialectFamily family;

    Dialect(String id, DialectFamily family) {
        this.id = id;
        this.family = family;
    }

    /** The dialect of a path, which is compared as it is: no case folding, no decoding, no trailing slash. */
    public static Dialect forPath(String path) {
        return switch (path) {
            case "/v1/chat/completions" -> OPENAI_CHAT;
            case "/v1/responses" -> OPENAI_RESPONSES;
            case "/v1/completions" -> OPENAI_COMPLETIONS;
            case "/v1/embeddings" -> OPENAI_EMBEDDINGS;
            case "/v1/messages" -> ANTHROPIC_MESSAGES;
            case "/v1/messages/count_tokens" -> ANTHROPIC_COUNT_TOKENS;
            default ->
                path.startsWith(STORED) && path.length() > STORED.length() ? OPENAI_RESPONSES_STORED : PASSTHROUGH;
        };
    }

    /** The name in metrics and logs. */
    public String id() {
        return id;
    }

    /** Whose conventions it follows. */
    public DialectFamily family() {
        return family;
    }

    /** The methods it takes, for {@code Allow}. */
    public List<String> methods() {
        return switch (this) {
            case PASSTHROUGH -> List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
            case OPENAI_RESPONSES_STORED -> List.of("GET", "POST", "DELETE");
            default -> List.of("POST");
        };
    }

    /** Whether its requests must be JSON that names a model. */
    public boolean needsModel() {
        return rules().modelRequired();
    }

    /** Whether its streams end with an event, so that one that ends without is cut off. */
    public boolean hasTerminalEvent() {
        return switch (this) {
            case OPENAI_CHAT, OPENAI_RESPONSES, OPENAI_RESPONSES_STORED, OPENAI_COMPLETIONS, ANTHROPIC_MESSAGES -> true;
            case OPENAI_EMBEDDINGS, ANTHROPIC_COUNT_TOKENS, PASSTHROUGH -> false;
        };
    }

    private RequestRules rules() {
        return switch (this) {
            case OPENAI_CHAT -> RequestRules.CHAT;
            case OPENAI_COMPLETIONS -> RequestRules.COMPLETIONS;
            case OPENAI_RESPONSES, OPENAI_EMBEDDINGS -> RequestRules.MODEL;
            case ANTHROPIC_MESSAGES, ANTHROPIC_COUNT_TOKENS -> RequestRules.MESSAGES;
            case OPENAI_RESPONSES_STORED, PASSTHROUGH -> RequestRules.LENIENT;
        };
    }

    /** Reads a request's body. */
    public RequestReading read(byte[] body) {
        return RequestReader.read(rules(), body);
    }

    /** Watches the events of one stream. */
    public StreamInspector newInspector() {
        return switch (this) {
            case OPENAI_CHAT, OPENAI_COMPLETIONS -> new ChunkInspector();
            case OPENAI_RESPONSES, OPENAI_RESPONSES_STORED -> new ResponsesInspector();
            case ANTHROPIC_MESSAGES -> new MessagesInspector();
            case OPENAI_EMBEDDINGS, ANTHROPIC_COUNT_TOKENS, PASSTHROUGH -> new PassthroughInspector();
        };
    }

    /** Watches an answer that is one JSON document. */
    public UsageScanner newUsageScanner() {
        return new UsageScanner();
    }

    /** The JSON body of an answer that refuses or fails. */
    public byte[] errorBody(ErrorReply reply) {
        return errorBody(family, reply);
    }

    /** The same, where a path has no dialect but the client's headers tell the family. */
    public static byte[] errorBody(DialectFamily family, ErrorReply reply) {
        String json = switch (family) {
            case ANTHROPIC ->
                ErrorShapes.anthropic(ErrorShapes.anthropicType(reply.status()), reply.message(), reply.requestId());
            case OPENAI, PASSTHROUGH ->
                ErrorShapes.openAi(
                        ErrorShapes.openAiType(reply.status()), reply.code(), reply.message(), reply.param());
        };
        return json.getBytes(UTF_8);
    }
}
