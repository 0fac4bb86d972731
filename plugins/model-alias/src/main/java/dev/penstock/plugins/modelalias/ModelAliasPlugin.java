// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.modelalias;

import dev.penstock.spi.Plugin;
import dev.penstock.spi.PluginMetrics.Counter;
import dev.penstock.spi.StreamFilter;
import dev.penstock.spi.StreamInfo;
import java.util.Optional;

/** One entry of the chain. Thread-safe: immutable, and its counter is. */
record ModelAliasPlugin(Aliases aliases, Aliases denied, boolean refusesOthers, Counter requests) implements Plugin {
    @Override
    public Optional<StreamFilter> filter(StreamInfo stream) {
        return Optional.of(new ModelAliasFilter(this));
    }
}
