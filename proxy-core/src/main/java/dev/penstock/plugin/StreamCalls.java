// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Calls into plugins on behalf of one stream, from the thread that made this. Heavy hooks are handed to a platform thread, and
 * the stream thread waits for them, but never longer than their budget.
 *
 * <p>Confined to the stream thread, except {@link #cancel}.
 */
final class StreamCalls {
    private final PluginRuntime runtime;
    private final CallGuard guard;
    private volatile @Nullable HeavyCall<?> waitingFor; // written by the stream thread, read by a canceller

    StreamCalls(PluginRuntime runtime, String stream) {
        this.runtime = runtime;
        this.guard = new CallGuard(Thread.currentThread(), stream);
    }

    PluginRuntime runtime() {
        return runtime;
    }

    CallGuard guard() {
        return guard;
    }

    /** Calls with that budget; what comes back is the plugin's answer, in time. */
    <T> @Nullable T call(Opened opened, Phase phase, long budgetNanos, Callable<T> body) throws PluginException {
        CallSite site = opened.entry().site(phase);
        return site.required().heavy(phase)
                ? heavy(opened, site, budgetNanos, body)
                : runtime.run(guard, site, opened, budgetNanos, body);
    }

    /** The answer was no decision, or none that is allowed there. */
    PluginException garbage(Opened opened, Phase phase, String what) {
        return runtime.failed(
                guard, opened.entry().site(phase), PluginFailure.Kind.GARBAGE, new IllegalStateException(what));
    }

    /** From any thread: interrupts the present call, and lets no other begin but finish calls. */
    void cancel() {
        guard.cancel(runtime.now());
        HeavyCall<?> waiting = waitingFor;
        if (waiting != null) {
            waiting.cutShort();
        }
    }

    private <T> @Nullable T heavy(Opened opened, CallSite site, long budgetNanos, Callable<T> body)
            throws PluginException {
        HeavyCall<T> call = new HeavyCall<>(runtime, site, opened, guard.stream(), body);
        waitingFor = call;
        try {
            boolean accepted = !guard.cancelled() && runtime.pool().offer(call);
            if (accepted && call.await(budgetNanos)) {
                return call.answer();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // not the plugin's, so not ours to swallow
        } finally {
            waitingFor = null;
        }
        call.abandon(runtime.now()).ifPresent(opened::abandonedOn);
        PluginFailure.Kind kind = guard.cancelled() ? PluginFailure.Kind.CANCELLED : PluginFailure.Kind.OVERRAN;
        throw runtime.failed(guard, site, kind, null);
    }
}
