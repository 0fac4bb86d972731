// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One generation of plugins: created from one configuration, used by the streams that began under it, closed after the last
 * of them. Whoever may still enter its plugins holds a reference: the configuration that is in force, each open stream, each
 * lane's thread. What is stuck never gives its reference back, and so keeps its generation, visibly.
 *
 * <p>Thread-safe: references are counted atomically; zero is final.
 */
public final class PluginSet implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PluginSet.class);

    private final PluginRuntime runtime;
    private volatile PluginChain
            chain; // emptied when all is closed, so that nobody who keeps the set keeps its classes
    private volatile List<AutoCloseable> loaders; // the same
    private final boolean empty;
    private final AtomicInteger references = new AtomicInteger(1);
    private final AtomicBoolean retired = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** @param loaders closed last, in reverse order */
    PluginSet(PluginRuntime runtime, PluginChain chain, List<? extends AutoCloseable> loaders) {
        this.runtime = runtime;
        this.chain = chain;
        this.loaders = List.copyOf(loaders);
        this.empty = chain.isEmpty();
    }

    /** Without any plugin. */
    public static PluginSet empty(PluginRuntime runtime) {
        return new PluginSet(runtime, new PluginChain(List.of()), List.of());
    }

    PluginChain chain() {
        return chain;
    }

    /** The names of the chain's entries, in order. */
    public List<String> names() {
        return chain.entries().stream().map(ChainEntry::name).toList();
    }

    /** How many streams and threads may still enter these plugins. */
    public int users() {
        return Math.max(0, references.get() - (retired.get() ? 0 : 1));
    }

    /** Whether plugins and loaders are closed. */
    public boolean isClosed() {
        return closed.getCount() == 0;
    }

    /** Keeps this generation for a request; empty if it is over. */
    public Optional<PluginHold> hold() {
        boolean retained = references.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
        return retained ? Optional.of(new PluginHold(this)) : Optional.empty();
    }

    /** Opens the chain for a stream, on the stream's own thread; for those who know that this generation is not over. */
    public StreamHooks open(StreamOpening opening, StreamHooks.Evictor evictor) {
        try (PluginHold hold = hold().orElseThrow(() -> new IllegalStateException("the plugins are closed"))) {
            return hold.open(opening, evictor);
        }
    }

    /** By somebody who holds a reference already. */
    void retain() {
        references.incrementAndGet();
    }

    void release() {
        if (references.decrementAndGet() == 0) {
            Thread.ofPlatform().daemon().name("plugins-close").start(this::closeAll);
        }
    }

    /** By a holder. A closed set is not empty for this: no stream may do without its plugins. */
    StreamHooks openHeld(StreamOpening opening, StreamHooks.Evictor evictor) {
        if (empty) {
            return StreamHooks.none();
        }
        retain();
        return LiveHooks.open(runtime, opening, evictor, this);
    }

    /** No new streams; closes the plugins, last to first, when the last stream has ended. Returns at once. */
    @Override
    public void close() {
        if (retired.compareAndSet(false, true)) {
            release();
        }
    }

    /** After {@link #close}: waits for plugins and loaders to be closed; false if something is still in them. */
    public boolean awaitClosed(Duration limit) throws InterruptedException {
        return closed.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void closeAll() {
        for (ChainEntry entry : chain.entries().reversed()) {
            closeOne(entry.name(), entry.loader(), entry.plugin());
            warnOfThreads(entry);
        }
        for (AutoCloseable loader : loaders.reversed()) {
            closeOne(loader.toString(), ClassLoader.getPlatformClassLoader(), loader);
        }
        chain = new PluginChain(List.of());
        loaders = List.of();
        closed.countDown();
    }

    private static void closeOne(String name, ClassLoader context, AutoCloseable resource) {
        var result = Patience.run("plugin-close/" + name, context, Patience.LIMIT, () -> {
            resource.close();
            return name;
        });
        switch (result) {
            case Patience.Result.Returned<String> ignored -> LOG.debug("plugin {}: closed", name);
            case Patience.Result.Threw<String> threw -> LOG.warn("plugin {}: close failed", name, threw.cause());
            case Patience.Result.Late<String> ignored ->
                LOG.error("plugin {}: close did not return in time, moving on", name);
        }
    }

    /** Threads and timers inherit the context class loader of whoever made them. */
    private static void warnOfThreads(ChainEntry entry) {
        if (entry.loader() instanceof PluginClassLoader) {
            List<String> left = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> entry.loader().equals(thread.getContextClassLoader()))
                    .map(Thread::getName)
                    .sorted()
                    .toList();
            if (!left.isEmpty()) {
                LOG.warn("plugin {}: closed, and has left {} threads running: {}", entry.name(), left.size(), left);
            }
        }
    }
}
