// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.spi.StreamInfo;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What plugins may know of their stream. Thread-safe: the opening is immutable, model and consumer are volatile.
 */
final class OpenStream implements StreamInfo {
    private final StreamOpening opening;
    private volatile String model; // written by the stream thread, read by lanes
    private volatile Optional<String> consumer; // the same

    OpenStream(StreamOpening opening) {
        this.opening = opening;
        this.model = opening.model();
        this.consumer = opening.consumer();
    }

    /** What the request filters have made of it. */
    void filtered(PluginRequest request) {
        model = request.model();
        consumer = request.consumer();
    }

    @Override
    public String id() {
        return opening.id();
    }

    @Override
    public Instant startedAt() {
        return opening.startedAt();
    }

    @Override
    public String method() {
        return opening.method();
    }

    @Override
    public String path() {
        return opening.path();
    }

    @Override
    public String dialect() {
        return opening.dialect();
    }

    @Override
    public String model() {
        return model;
    }

    @Override
    public boolean streaming() {
        return opening.streaming();
    }

    @Override
    public Optional<String> route() {
        return opening.route();
    }

    @Override
    public Optional<String> consumer() {
        return consumer;
    }

    @Override
    public String peer() {
        return opening.peer();
    }

    @Override
    public Optional<String> header(String name) {
        return headers(name).stream().findFirst();
    }

    @Override
    public List<String> headers(String name) {
        return opening.headers().getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
    }
}
