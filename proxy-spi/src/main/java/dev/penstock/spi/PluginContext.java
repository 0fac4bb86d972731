// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

import java.nio.file.Path;
import java.time.InstantSource;

/**
 * What core lends to one chain entry, from {@link PluginFactory#create} until {@link Plugin#close()}.
 *
 * <p>There is no executor and no scheduler: work of a stream happens in the hooks. For logging use
 * {@link System.Logger} or slf4j, which core shares with plugins.
 *
 * <pre>{@code
 * PluginMetrics.Counter hits = context.metrics().counter("hits_total", "Pattern hits.", "pattern");
 * Path file = context.dataDirectory().resolve("usage.jsonl");
 * }</pre>
 *
 * <p>Thread-safe. Core implements it; methods may be added.
 */
public interface PluginContext {

    /** The plugin's id. */
    String id();

    /** The name of the chain entry; the id, unless the configuration gives another. */
    String name();

    /** The version of the SPI that the host runs. */
    SpiVersion spiVersion();

    /** The time; tests can set it. */
    InstantSource clock();

    /** Metrics of this plugin. */
    PluginMetrics metrics();

    /**
     * A directory of this chain entry's own, created by the first call. What is in it is there again after a reload and after a
     * restart; during a reload the entry before may still be using it.
     *
     * @throws java.io.UncheckedIOException if it cannot be created
     */
    Path dataDirectory();
}
