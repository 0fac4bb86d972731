// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.keyauth;

import dev.penstock.spi.PluginMetrics.Counter;
import dev.penstock.spi.RequestDecision;
import dev.penstock.spi.RequestDraft;
import dev.penstock.spi.StreamFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks for a known key, says whose it is, and takes the key out of the request.
 *
 * <p>Confined to the stream thread.
 */
final class KeyAuthFilter implements StreamFilter {
    private static final String AUTHORIZATION = "authorization";
    private static final String API_KEY = "x-api-key";
    private static final String BEARER = "bearer ";
    private static final Map<String, String> CHALLENGE = Map.of("www-authenticate", "Bearer");

    private final Consumers consumers;
    private final Counter refused;

    KeyAuthFilter(Consumers consumers, Counter refused) {
        this.consumers = consumers;
        this.refused = refused;
    }

    @Override
    public RequestDecision onRequest(RequestDraft request) {
        List<String> keys = presented(request);
        Optional<Consumers.Known> caller = Optional.empty();
        for (String key : keys) {
            caller = caller.or(() -> consumers.of(key));
        }
        request.removeHeader(AUTHORIZATION);
        request.removeHeader(API_KEY);
        if (caller.isEmpty()) {
            refused.add(1, keys.isEmpty() ? "no_key" : "unknown_key");
            return RequestDecision.reject(
                    401,
                    "unauthenticated",
                    keys.isEmpty()
                            ? "No API key was sent: use the header Authorization: Bearer or x-api-key."
                            : "This API key is not known here.",
                    CHALLENGE);
        }
        return admit(request, caller.get());
    }

    private RequestDecision admit(RequestDraft request, Consumers.Known caller) {
        request.consumer(caller.name());
        if (caller.may(request.model())) {
            return RequestDecision.proceed();
        }
        refused.add(1, "model");
        return RequestDecision.reject(
                403,
                "forbidden",
                request.model().isEmpty()
                        ? "This API key is for certain models only, and the request names none."
                        : "This API key is not for the model \"" + request.model() + "\".");
    }

    /** What was sent as a key: bearer tokens first, as they are the more deliberate. */
    private static List<String> presented(RequestDraft request) {
        List<String> keys = new ArrayList<>();
        for (String value : request.headers(AUTHORIZATION)) {
            if (value.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
                keys.add(value.substring(BEARER.length()).strip());
            }
        }
        request.headers(API_KEY).forEach(value -> keys.add(value.strip()));
        keys.removeIf(String::isEmpty);
        return keys;
    }
}
