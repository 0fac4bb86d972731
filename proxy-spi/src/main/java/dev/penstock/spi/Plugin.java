// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

import java.util.Optional;

/**
 * One entry of the plugin chain, alive for one generation of the configuration.
 *
 * <p>It opens objects per stream: a {@link StreamFilter} to change or stop a stream, a {@link StreamObserver} to watch
 * it, both, or neither. State of a stream belongs in the fields of those objects; nothing needs a map of streams.
 *
 * <pre>{@code
 * record ModelAliasPlugin(ModelAliasConfig config) implements Plugin {
 *     public Optional<StreamFilter> filter(StreamInfo stream) {
 *         return Optional.of(new ModelAliasFilter(config));
 *     }
 * }
 * }</pre>
 *
 * <p><b>Threads.</b> Thread-safe: streams open concurrently, each on its own virtual thread. The context class loader is
 * the plugin's during every call.
 *
 * <p><b>Order.</b> On every stream first {@link #observer} of all plugins, then {@link #filter} of all plugins, both in
 * the order of the chain, before the first {@link StreamFilter#onRequest}. {@link #close()} comes after the last finish
 * call of the last stream of this generation.
 */
public interface Plugin extends AutoCloseable {

    /**
     * Opens a filter for one stream; empty if this stream is of no interest. Asked only if the factory declares
     * {@link Hook#REQUEST}, {@link Hook#RESPONSE_HEAD} or {@link Hook#EVENT}.
     *
     * <p>Budget 50 ms, no I/O. Return a new object every time.
     *
     * @throws Exception anything; fail-closed answers 500, fail-open goes on without this filter
     */
    default Optional<StreamFilter> filter(StreamInfo stream) throws Exception {
        return Optional.empty();
    }

    /**
     * Opens an observer for one stream; empty if this stream is of no interest. Asked only if the factory declares
     * {@link Hook#OBSERVE}.
     *
     * <p>Budget 50 ms, no I/O. Return a new object every time.
     *
     * @throws Exception anything; the stream goes on unobserved by this plugin
     */
    default Optional<StreamObserver> observer(StreamInfo stream) throws Exception {
        return Optional.empty();
    }

    /**
     * Gives back what {@link PluginFactory#create} took: threads, files, connections. Called once; must tolerate being
     * called again. Up to 30 s, then core moves on. What it throws is logged.
     */
    @Override
    default void close() {}
}
