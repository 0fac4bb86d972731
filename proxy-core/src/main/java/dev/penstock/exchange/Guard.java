// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.dialect.BadRequest;
import dev.penstock.dialect.RequestFacts;
import dev.penstock.plugin.HookAnswer;
import dev.penstock.plugin.PluginFailure;
import dev.penstock.plugin.PluginRequest;
import dev.penstock.plugin.StreamHooks;
import dev.penstock.plugin.StreamOpening;
import dev.penstock.spi.RequestDecision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The third room: the plugins' request filters, which may change the request, refuse it or answer it. No permit is held here.
 *
 * <p>Confined to the stream thread.
 */
final class Guard {
    private final StreamHooks hooks;
    private final ClientRequest request;

    /** What came of asking. */
    sealed interface Passage {
        /**
         * The request goes on.
         *
         * @param model the name that a filter routes to, when it is not the one in the body
         */
        record On(ClientRequest request, RequestBody body, String consumer, Optional<String> model)
                implements Passage {}

        /** A filter has answered it. */
        record Answered(RequestDecision.Answer answer) implements Passage {}

        /** A filter failed, and its request with it. */
        record Failed(PluginFailure failure) implements Passage {}
    }

    Guard(StreamHooks hooks, ClientRequest request) {
        this.hooks = hooks;
        this.request = request;
    }

    static StreamOpening opening(ClientRequest request, RequestBody body, String route, String consumer) {
        return new StreamOpening(
                request.id(),
                Instant.now(),
                request.method(),
                request.path(),
                request.dialect().id(),
                body.facts().model().orElse(""),
                body.facts().stream(),
                Optional.of(route),
                Optional.of(consumer),
                request.peer(),
                byName(request.headers()));
    }

    Passage pass(RequestBody body, String consumer) {
        PluginRequest before = new PluginRequest(
                request.method(),
                request.path(),
                new PluginRequest.BodyFacts(body.facts().model().orElse(""), body.facts().stream()),
                Optional.of(consumer),
                byName(request.headers()),
                body.bytes(),
                bytes -> facts(read(bytes)));
        return switch (hooks.onRequest(before)) {
            case HookAnswer.Proceed(PluginRequest after) -> proceed(before, after, body, consumer);
            case HookAnswer.Answer(String ignored, RequestDecision.Answer answer) -> new Passage.Answered(answer);
            case HookAnswer.Failed(PluginFailure failure) -> new Passage.Failed(failure);
            case HookAnswer.Reject(String ignored, RequestDecision.Reject refusal) ->
                throw new RefusedException(refusal(refusal));
        };
    }

    @SuppressWarnings("ReferenceEquality") // What came out unchanged is the same object; that is the contract.
    private Passage proceed(PluginRequest before, PluginRequest after, RequestBody body, String consumer) {
        RequestBody changed = after.body() == before.body() ? body : new RequestBody(after.body(), read(after.body()));
        ClientRequest now = after.headers() == before.headers() ? request : request.withHeaders(flat(after.headers()));
        boolean renamed = !after.model().equals(changed.facts().model().orElse(""));
        return new Passage.On(
                now,
                changed,
                after.consumer().orElse(consumer),
                renamed ? Optional.of(after.model()) : Optional.empty());
    }

    private RequestFacts read(byte[] bytes) {
        return switch (request.dialect().read(bytes)) {
            case RequestFacts facts -> facts;
            case BadRequest(String message, Optional<String> ignored) -> throw new IllegalArgumentException(message);
        };
    }

    private static PluginRequest.BodyFacts facts(RequestFacts facts) {
        return new PluginRequest.BodyFacts(facts.model().orElse(""), facts.stream());
    }

    static Refusal refusal(RequestDecision.Reject reject) {
        RefusalReason reason = switch (reject.status()) {
            case 401 -> RefusalReason.UNAUTHENTICATED;
            case 403 -> RefusalReason.FORBIDDEN;
            default -> RefusalReason.REJECTED_BY_PLUGIN;
        };
        Refusal refusal = Refusal.of(reject.status(), reason, reject.message()).withCode(reject.code());
        return refusal.withHeaders(reject.headers().entrySet().stream()
                .map(header -> new Header(header.getKey(), header.getValue()))
                .toList());
    }

    private static Map<String, List<String>> byName(List<Header> headers) {
        Map<String, List<String>> byName = new LinkedHashMap<>();
        headers.forEach(
                header -> byName.computeIfAbsent(header.name().toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                        .add(header.value()));
        return byName;
    }

    private static List<Header> flat(Map<String, List<String>> headers) {
        List<Header> flat = new ArrayList<>();
        headers.forEach((name, values) -> values.forEach(value -> flat.add(new Header(name, value))));
        return flat;
    }
}
