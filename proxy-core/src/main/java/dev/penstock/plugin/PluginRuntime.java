// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all plugins of a process share, whatever their generation: the watchdog, the platform threads for heavy hooks, the
 * meters, the clock; and the one method that runs plugin code.
 *
 * <p>Thread-safe: its parts are.
 */
public final class PluginRuntime implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PluginRuntime.class);

    private final PluginBudgets budgets;
    private final PluginMeters meters;
    private final LongSupplier nanoTime;
    private final PluginWatchdog watchdog;
    private final HeavyPool pool;

    private PluginRuntime(PluginBudgets budgets, PluginMeters meters, LongSupplier nanoTime) {
        this.budgets = budgets;
        this.meters = meters;
        this.nanoTime = nanoTime;
        this.watchdog = new PluginWatchdog(nanoTime);
        this.pool = new HeavyPool(Math.max(2, Runtime.getRuntime().availableProcessors() / 2));
    }

    /** Starts the watchdog; close it after the last plugin set. */
    public static PluginRuntime start(PluginBudgets budgets, PluginMeters meters) {
        PluginRuntime runtime = unwatched(budgets, meters, System::nanoTime);
        runtime.watchdog.start();
        return runtime;
    }

    /** With a watchdog that a test drives by hand. */
    static PluginRuntime unwatched(PluginBudgets budgets, PluginMeters meters, LongSupplier nanoTime) {
        return new PluginRuntime(budgets, meters, nanoTime);
    }

    /** Looks after plugin code; says what is stuck. */
    public PluginWatchdog watchdog() {
        return watchdog;
    }

    PluginBudgets budgets() {
        return budgets;
    }

    PluginMeters meters() {
        return meters;
    }

    HeavyPool pool() {
        return pool;
    }

    long now() {
        return nanoTime.getAsLong();
    }

    /**
     * The only place where plugin code runs: guarded, timed, with the plugin's context class loader, and with everything
     * that it throws turned into a failure.
     */
    <T> @Nullable T run(CallGuard guard, CallSite site, Opened target, long budgetNanos, Callable<T> body)
            throws PluginException {
        ChainEntry entry = site.required();
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        long start = now();
        if (!guard.enter(site, target, start, watchdog.stalledNanos(), budgetNanos)) {
            throw failure(site, PluginFailure.Kind.CANCELLED, null);
        }
        T result = null;
        Throwable thrown = null;
        try {
            thread.setContextClassLoader(entry.loader());
            result = body.call();
        } catch (Throwable t) { // plugin code may throw anything; nothing of it may pass
            thrown = t;
        }
        thread.setContextClassLoader(before);
        CallGuard.Left left = guard.leave();
        entry.meter(site.phase()).took(now() - start);
        return settled(guard, site, left, result, thrown);
    }

    private <T> @Nullable T settled(
            CallGuard guard, CallSite site, CallGuard.Left left, @Nullable T result, @Nullable Throwable thrown)
            throws PluginException {
        switch (left) {
            case STUCK -> {
                watchdog.returned(guard);
                LOG.warn("stream {}: plugin {}: returned after all", guard.stream(), site);
                throw failure(site, PluginFailure.Kind.STUCK, thrown);
            }
            case INTERRUPTED -> {
                boolean cancelled = guard.interruptedForCancel();
                throw failed(
                        guard, site, cancelled ? PluginFailure.Kind.CANCELLED : PluginFailure.Kind.OVERRAN, thrown);
            }
            case NORMALLY -> {
                if (thrown != null) {
                    throw failed(guard, site, PluginFailure.Kind.THREW, thrown);
                }
            }
        }
        return result;
    }

    /** A failure that is counted and logged. */
    PluginException failed(CallGuard guard, CallSite site, PluginFailure.Kind kind, @Nullable Throwable thrown) {
        if (kind != PluginFailure.Kind.CANCELLED) {
            site.required().meter(site.phase()).failed();
            LOG.warn("stream {}: plugin {}: {}", guard.stream(), site, kind, thrown);
        }
        return failure(site, kind, thrown);
    }

    private static PluginException failure(CallSite site, PluginFailure.Kind kind, @Nullable Throwable thrown) {
        return new PluginException(
                new PluginFailure(site.plugin(), site.phase().label(), kind, Optional.ofNullable(thrown)));
    }

    @Override
    public void close() {
        pool.close();
        watchdog.close();
    }
}
