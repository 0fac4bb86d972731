// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.promptguard;

import dev.penstock.plugins.parts.PromptReader;
import dev.penstock.plugins.parts.UnreadableException;
import dev.penstock.plugins.promptguard.PromptGuard.Objection;
import dev.penstock.plugins.promptguard.PromptGuardConfig.Verdict;
import dev.penstock.spi.PluginMetrics.Counter;
import dev.penstock.spi.RequestDecision;
import dev.penstock.spi.RequestDraft;
import dev.penstock.spi.StreamFilter;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Reads one request and lets it pass, or refuses it. A request without a body says nothing.
 *
 * <p>Confined to the stream thread.
 */
final class PromptGuardFilter implements StreamFilter {
    private final PromptGuardConfig config;
    private final PromptGuard guard;
    private final Counter refused;

    PromptGuardFilter(PromptGuardConfig config, PromptGuard guard, Counter refused) {
        this.config = config;
        this.guard = guard;
        this.refused = refused;
    }

    @Override
    public RequestDecision onRequest(RequestDraft request) {
        return objection(request.body()).map(this::refuse).orElseGet(RequestDecision::proceed);
    }

    private Optional<Objection> objection(ByteBuffer body) {
        if (!body.hasRemaining()) {
            return Optional.empty();
        }
        if (body.remaining() > config.maxBody()) {
            return Optional.of(new Objection(
                    413,
                    "prompt_too_large",
                    "The request has " + body.remaining() + " bytes; " + config.maxBody() + " are allowed here."));
        }
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        try {
            return guard.judge(PromptReader.read(bytes));
        } catch (UnreadableException e) {
            return config.unreadable() == Verdict.PASS
                    ? Optional.empty()
                    : Optional.of(new Objection(
                            400, "prompt_unreadable", "The request cannot be checked: " + e.getMessage() + "."));
        }
    }

    private RequestDecision refuse(Objection objection) {
        refused.add(1, objection.code(), objection.pattern());
        return RequestDecision.reject(objection.status(), objection.code(), objection.message());
    }
}
