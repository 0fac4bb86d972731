// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.contentguard;

import dev.penstock.spi.Hook;
import dev.penstock.spi.Plugin;
import dev.penstock.spi.PluginContext;
import dev.penstock.spi.PluginFactory;
import dev.penstock.spi.StreamFilter;
import dev.penstock.spi.StreamInfo;
import java.util.Optional;
import java.util.Set;

/** Where the plugin begins. Immutable. */
public final class ContentGuardFactory implements PluginFactory<ContentGuardConfig> {
    @Override
    public String id() {
        return "content-guard";
    }

    @Override
    public Class<ContentGuardConfig> configType() {
        return ContentGuardConfig.class;
    }

    @Override
    public Set<Hook> hooks() {
        return Set.of(Hook.RESPONSE_HEAD, Hook.EVENT);
    }

    @Override
    public Plugin create(ContentGuardConfig config, PluginContext context) {
        return new ContentGuardPlugin(Guard.of(config, context));
    }

    /** Thread-safe: what it shares is. */
    private record ContentGuardPlugin(Guard guard) implements Plugin {
        @Override
        public Optional<StreamFilter> filter(StreamInfo stream) {
            return Optional.of(new ContentGuardFilter(guard, stream));
        }

        @Override
        public void close() {
            guard.service().ifPresent(ModerationService::close);
        }
    }
}
