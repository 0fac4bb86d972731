// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.penstock.dialect.Dialect;
import dev.penstock.dialect.RequestFacts;
import dev.penstock.plugin.PluginRequest;
import dev.penstock.plugin.StreamOpening;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A client's request, as a plugin gets to see it.
 *
 * <pre>{@code
 * HarnessRequest.openAiChat("gpt-x", "Hello").withHeader("authorization", "Bearer k1")
 * }</pre>
 *
 * <p>Immutable.
 *
 * @param headers names in lower case
 * @param consumer who is calling, as far as the configuration could say
 */
public record HarnessRequest(
        String method, String path, Map<String, String> headers, String body, Optional<String> consumer, String peer) {
    /** Copies. */
    public HarnessRequest {
        headers = Map.copyOf(headers);
    }

    /** A streamed chat completion with one message of a user; the text must not need escapes. */
    public static HarnessRequest openAiChat(String model, String text) {
        return post(
                "/v1/chat/completions",
                "{\"model\":\"%s\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
                        .formatted(model, text));
    }

    /** A streamed OpenAI response with a text as its input; the text must not need escapes. */
    public static HarnessRequest openAiResponses(String model, String text) {
        return post("/v1/responses", "{\"model\":\"%s\",\"stream\":true,\"input\":\"%s\"}".formatted(model, text));
    }

    /** A streamed Anthropic message with one message of a user; the text must not need escapes. */
    public static HarnessRequest anthropicMessages(String model, String text) {
        return post(
                "/v1/messages",
                ("{\"model\":\"%s\",\"stream\":true,\"max_tokens\":100,"
                                + "\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}")
                        .formatted(model, text));
    }

    /** Any JSON to any path; the path says which dialect it is. */
    public static HarnessRequest post(String path, String json) {
        return new HarnessRequest(
                "POST", path, Map.of("content-type", "application/json"), json, Optional.empty(), "127.0.0.1");
    }

    /** The same with a header. */
    public HarnessRequest withHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name.toLowerCase(Locale.ROOT), value);
        return new HarnessRequest(method, path, more, body, consumer, peer);
    }

    /** The same with another body. */
    public HarnessRequest withBody(String json) {
        return new HarnessRequest(method, path, headers, json, consumer, peer);
    }

    /** The same from a known consumer. */
    public HarnessRequest from(String name) {
        return new HarnessRequest(method, path, headers, body, Optional.of(name), peer);
    }

    Dialect dialect() {
        return Dialect.forPath(path);
    }

    StreamOpening opening(String id, Instant now) {
        PluginRequest.BodyFacts facts = read(body.getBytes(UTF_8));
        return new StreamOpening(
                id,
                now,
                method,
                path,
                dialect().id(),
                facts.model(),
                facts.streaming(),
                Optional.of("harness"),
                consumer,
                peer,
                byName());
    }

    PluginRequest draft() {
        byte[] bytes = body.getBytes(UTF_8);
        return new PluginRequest(method, path, read(bytes), consumer, byName(), bytes, this::read);
    }

    private PluginRequest.BodyFacts read(byte[] bytes) {
        if (dialect().read(bytes) instanceof RequestFacts facts) {
            return new PluginRequest.BodyFacts(facts.model().orElse(""), facts.stream());
        }
        throw new IllegalArgumentException("the proxy would refuse this body: " + new String(bytes, UTF_8));
    }

    private Map<String, List<String>> byName() {
        Map<String, List<String>> byName = new LinkedHashMap<>();
        headers.forEach((name, value) -> byName.put(name, List.of(value)));
        return byName;
    }
}
