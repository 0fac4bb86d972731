// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.modelalias;

import dev.penstock.spi.RequestDecision;
import dev.penstock.spi.RequestDraft;
import dev.penstock.spi.StreamFilter;
import java.util.Optional;

/**
 * Renames the model of one request, or refuses it. A request that names no model passes.
 *
 * <p>Confined to the stream thread.
 */
final class ModelAliasFilter implements StreamFilter {
    private final ModelAliasPlugin plugin;

    ModelAliasFilter(ModelAliasPlugin plugin) {
        this.plugin = plugin;
    }

    @Override
    public RequestDecision onRequest(RequestDraft request) {
        String asked = request.model();
        if (asked.isEmpty()) {
            return RequestDecision.proceed();
        }
        Optional<String> denied = plugin.denied().value(asked);
        if (denied.isPresent()) {
            plugin.requests().add(1, "denied");
            return RequestDecision.reject(
                    403, "model_denied", "The model \"" + asked + "\" is not to be used here: " + denied.get());
        }
        Optional<String> target = plugin.aliases().target(asked).filter(name -> !name.isBlank());
        if (target.isEmpty()) {
            return withoutAlias(asked);
        }
        if (!target.get().equals(asked)) {
            request.routeTo(target.get());
        }
        plugin.requests().add(1, "renamed");
        return RequestDecision.proceed();
    }

    private RequestDecision withoutAlias(String asked) {
        if (plugin.refusesOthers()) {
            plugin.requests().add(1, "unknown");
            return RequestDecision.reject(404, "model_not_found", "There is no model \"" + asked + "\" here.");
        }
        plugin.requests().add(1, "passed");
        return RequestDecision.proceed();
    }
}
