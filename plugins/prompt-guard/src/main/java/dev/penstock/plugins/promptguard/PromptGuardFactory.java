// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.promptguard;

import dev.penstock.spi.Hook;
import dev.penstock.spi.Plugin;
import dev.penstock.spi.PluginContext;
import dev.penstock.spi.PluginFactory;
import dev.penstock.spi.PluginMetrics.Counter;
import dev.penstock.spi.StreamFilter;
import dev.penstock.spi.StreamInfo;
import java.util.Optional;
import java.util.Set;

/** Where the plugin begins. Immutable. */
public final class PromptGuardFactory implements PluginFactory<PromptGuardConfig> {
    @Override
    public String id() {
        return "prompt-guard";
    }

    @Override
    public Class<PromptGuardConfig> configType() {
        return PromptGuardConfig.class;
    }

    @Override
    public Set<Hook> hooks() {
        return Set.of(Hook.REQUEST);
    }

    /** A megabyte of text takes some milliseconds per pattern. */
    @Override
    public Set<Hook> heavyHooks() {
        return Set.of(Hook.REQUEST);
    }

    @Override
    public Plugin create(PromptGuardConfig config, PluginContext context) {
        Counter refused = context.metrics()
                .counter(
                        "refused_total",
                        "Requests that were refused, by the reason and the pattern.",
                        "reason",
                        "pattern");
        return new PromptGuardPlugin(config, new PromptGuard(config, System::nanoTime), refused);
    }

    /** Thread-safe: immutable, and its counter is. */
    private record PromptGuardPlugin(PromptGuardConfig config, PromptGuard guard, Counter refused) implements Plugin {
        @Override
        public Optional<StreamFilter> filter(StreamInfo stream) {
            return Optional.of(new PromptGuardFilter(config, guard, refused));
        }
    }
}
