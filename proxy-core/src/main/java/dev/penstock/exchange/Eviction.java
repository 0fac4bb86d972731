// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.plugin.EndedAs;
import dev.penstock.plugin.PluginFailure;
import dev.penstock.plugin.StreamHooks;
import dev.penstock.relay.ClientGoneException;
import java.util.Optional;

/**
 * Ends a stream whose own thread never returned from a plugin: what it holds is given back here, and what is left is that thread,
 * visibly stuck. Everything given back is idempotent, so it does no harm if the thread comes back after all.
 *
 * <p>Confined to the thread of the plugins' watchdog that runs it.
 */
final class Eviction {
    private final StreamExchange exchange;
    private final StreamHooks hooks;
    private final PluginFailure failure;

    Eviction(StreamExchange exchange, StreamHooks hooks, PluginFailure failure) {
        this.exchange = exchange;
        this.hooks = hooks;
        this.failure = failure;
    }

    void run() {
        exchange.pluginFailed(failure);
        Outcome outcome = exchange.settle(Outcome.PLUGIN_ERROR);
        exchange.abandon();
        answer(outcome);
        exchange.downstream().breakOff();
        hooks.finish(EndedAs.failed(failure), exchange.summary());
        exchange.account().close();
    }

    private void answer(Outcome outcome) {
        if (exchange.downstream().isCommitted()) {
            return;
        }
        try {
            exchange.reply().end(Failures.of(outcome), Optional.empty());
        } catch (ClientGoneException e) {
            exchange.debug("evicted, and the client had left", e);
        }
    }
}
