// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A request as it goes into the request filters, and as it comes out. What came out unchanged is the same object: compare
 * {@link #body()}, {@link #model()} and {@link #headers()} by identity to see what a filter did.
 *
 * <p>Immutable: nobody writes into the bytes.
 */
public final class PluginRequest {
    private final String method;
    private final String path;
    private final String model;
    private final boolean streaming;
    private final Optional<String> consumer;
    private final Map<String, List<String>> headers;
    private final byte[] body;
    private final Function<byte[], BodyFacts> reader;

    /**
     * @param headers names in lower case; not copied, and must not be changed
     * @param body taken over; not copied
     * @param reader reads a body that a filter has put in place of this one; throws IllegalArgumentException if it cannot
     */
    public PluginRequest(
            String method,
            String path,
            BodyFacts facts,
            Optional<String> consumer,
            Map<String, List<String>> headers,
            byte[] body,
            Function<byte[], BodyFacts> reader) {
        this.method = requireNonNull(method, "method");
        this.path = requireNonNull(path, "path");
        this.model = facts.model();
        this.streaming = facts.streaming();
        this.consumer = requireNonNull(consumer, "consumer");
        this.headers = requireNonNull(headers, "headers");
        this.body = requireNonNull(body, "body");
        this.reader = requireNonNull(reader, "reader");
    }

    /** What core reads in a body. */
    public record BodyFacts(String model, boolean streaming) {}

    public String method() {
        return method;
    }

    public String path() {
        return path;
    }

    /** The name to route by. */
    public String model() {
        return model;
    }

    public boolean streaming() {
        return streaming;
    }

    public Optional<String> consumer() {
        return consumer;
    }

    /** Names in lower case, in the order of their first appearance. */
    public Map<String, List<String>> headers() {
        return headers;
    }

    /** Not a copy; do not write into it. */
    public byte[] body() {
        return body;
    }

    PluginRequest withModel(String name) {
        return with(new BodyFacts(name, streaming), consumer, headers, body);
    }

    PluginRequest withConsumer(String name) {
        return with(new BodyFacts(model, streaming), Optional.of(name), headers, body);
    }

    PluginRequest withBody(byte[] bytes) {
        return with(reader.apply(bytes), consumer, headers, bytes);
    }

    PluginRequest withHeader(String lowerCaseName, Optional<String> value) {
        Map<String, List<String>> changed = new LinkedHashMap<>(headers);
        value.ifPresentOrElse(text -> changed.put(lowerCaseName, List.of(text)), () -> changed.remove(lowerCaseName));
        return with(new BodyFacts(model, streaming), consumer, Collections.unmodifiableMap(changed), body);
    }

    private PluginRequest with(BodyFacts facts, Optional<String> by, Map<String, List<String>> lines, byte[] bytes) {
        return new PluginRequest(method, path, facts, by, lines, bytes, reader);
    }
}
