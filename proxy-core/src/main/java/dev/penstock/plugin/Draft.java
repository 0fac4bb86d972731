// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.spi.RequestDraft;
import dev.penstock.spi.ResponseDecision;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The request as one filter sees and changes it. Each filter gets its own, and core takes over the result only when the filter
 * has answered in time: a late filter writes into a draft that nobody reads.
 *
 * <p>Confined to the stream thread; {@link #close} may come while a late filter still holds it, so that flag is volatile.
 */
final class Draft implements RequestDraft {
    private static final int LONGEST_CONSUMER = 128;

    private PluginRequest request;
    private volatile boolean closed; // written by the stream thread, read by the filter's thread

    Draft(PluginRequest request) {
        this.request = request;
    }

    /** What the filter has made of it; from now on it cannot be used. */
    PluginRequest close() {
        closed = true;
        return request;
    }

    @Override
    public String method() {
        return open().method();
    }

    @Override
    public String path() {
        return open().path();
    }

    @Override
    public String model() {
        return open().model();
    }

    @Override
    public boolean streaming() {
        return open().streaming();
    }

    @Override
    public void routeTo(String model) {
        request = open().withModel(plain(model, "model", Integer.MAX_VALUE));
    }

    @Override
    public Optional<String> consumer() {
        return open().consumer();
    }

    @Override
    public void consumer(String name) {
        request = open().withConsumer(plain(name, "consumer", LONGEST_CONSUMER));
    }

    @Override
    public Set<String> headerNames() {
        return open().headers().keySet();
    }

    @Override
    public Optional<String> header(String name) {
        return headers(name).stream().findFirst();
    }

    @Override
    public List<String> headers(String name) {
        return open().headers().getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
    }

    @Override
    public void replaceHeader(String name, String value) {
        // The SPI's own decision checks names and values; here the same rules hold.
        if (ResponseDecision.replaceHeaders(Map.of(name, value)) instanceof ResponseDecision.ReplaceHeaders checked) {
            checked.values().forEach((key, text) -> request = open().withHeader(key, Optional.of(text)));
        }
    }

    @Override
    public void removeHeader(String name) {
        if (ResponseDecision.replaceHeaders(Map.of(), Set.of(name))
                instanceof ResponseDecision.ReplaceHeaders checked) {
            checked.removed().forEach(key -> request = open().withHeader(key, Optional.empty()));
        }
    }

    @Override
    public ByteBuffer body() {
        return ByteBuffer.wrap(open().body()).asReadOnlyBuffer();
    }

    @Override
    public void replaceBody(byte[] body) {
        request = open().withBody(body);
    }

    private PluginRequest open() {
        if (closed) {
            throw new IllegalStateException("the request can be used during onRequest only");
        }
        return request;
    }

    private static String plain(String text, String what, int longest) {
        if (text.isEmpty() || text.length() > longest || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    what + " must not be empty, have control characters or be longer than " + longest);
        }
        return text;
    }
}
