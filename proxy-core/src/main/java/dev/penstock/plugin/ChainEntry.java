// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import static java.util.Objects.requireNonNull;

import dev.penstock.spi.Hook;
import dev.penstock.spi.Plugin;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * A created plugin in its place in the chain, with what the configuration says about it.
 *
 * <p>Thread-safe: immutable, and plugins are thread-safe by contract.
 */
final class ChainEntry {
    private final String id;
    private final String name;
    private final Plugin plugin;
    private final Set<Hook> hooks;
    private final Set<Hook> heavyHooks;
    private final boolean failClosed;
    private final PluginBudgets budgets;
    private final Map<Phase, PluginMeters.Hook> meters = new EnumMap<>(Phase.class);
    private final Map<Phase, CallSite> sites = new EnumMap<>(Phase.class);

    ChainEntry(
            EntrySettings settings, Plugin plugin, Set<Hook> hooks, Set<Hook> heavyHooks, PluginMeters pluginMeters) {
        this.id = settings.id();
        this.name = settings.name();
        this.failClosed = settings.failClosed();
        this.budgets = settings.budgets();
        this.plugin = plugin;
        this.hooks = Set.copyOf(hooks);
        this.heavyHooks = Set.copyOf(heavyHooks);
        for (Phase phase : Phase.values()) {
            meters.put(phase, pluginMeters.hook(name, phase.label()));
            sites.put(phase, new CallSite(this, phase));
        }
    }

    /** What the configuration says about an entry. */
    record EntrySettings(String id, String name, boolean failClosed, PluginBudgets budgets) {}

    String id() {
        return id;
    }

    String name() {
        return name;
    }

    Plugin plugin() {
        return plugin;
    }

    boolean failClosed() {
        return failClosed;
    }

    PluginBudgets budgets() {
        return budgets;
    }

    /** The loader of the plugin's code, which is the context class loader while it runs. */
    ClassLoader loader() {
        return plugin.getClass().getClassLoader();
    }

    PluginMeters.Hook meter(Phase phase) {
        return requireNonNull(meters.get(phase), "meter");
    }

    CallSite site(Phase phase) {
        return requireNonNull(sites.get(phase), "site");
    }

    boolean has(Hook hook) {
        return hooks.contains(hook);
    }

    boolean filters() {
        return has(Hook.REQUEST) || has(Hook.RESPONSE_HEAD) || has(Hook.EVENT);
    }

    boolean observes() {
        return has(Hook.OBSERVE);
    }

    /** Whether calls of this phase go to the platform threads. */
    boolean heavy(Phase phase) {
        if (heavyHooks.isEmpty()) {
            return false;
        }
        return switch (phase) {
            case REQUEST -> heavyHooks.contains(Hook.REQUEST);
            case RESPONSE_HEAD -> heavyHooks.contains(Hook.RESPONSE_HEAD);
            case EVENT, HOLD_LIMIT, BEFORE_LAST -> heavyHooks.contains(Hook.EVENT);
            case LAST -> heavyHooks.contains(Hook.OBSERVE);
            case OPEN, OBSERVE, FINISH -> false;
        };
    }
}
