// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.spi.Hook;
import java.util.List;

/** The created plugins in the order of the configuration, which is the order of requests. Immutable. */
final class PluginChain {
    private final List<ChainEntry> entries;

    PluginChain(List<ChainEntry> entries) {
        this.entries = List.copyOf(entries);
    }

    List<ChainEntry> entries() {
        return entries;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** The names of those that are called at a hook, in the order in which they are: heads and events pass upwards. */
    List<String> order(Hook hook) {
        List<String> downwards = entries.stream()
                .filter(entry -> entry.has(hook))
                .map(ChainEntry::name)
                .toList();
        return hook == Hook.RESPONSE_HEAD || hook == Hook.EVENT ? downwards.reversed() : downwards;
    }
}
