// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import dev.penstock.admission.AdmissionQueue;
import dev.penstock.admission.ConsumerLimiters;
import dev.penstock.admission.LimiterScope;
import dev.penstock.admission.RetryAdvice;
import dev.penstock.admission.StreamLimiter;
import dev.penstock.cluster.ClusterRegistry;
import dev.penstock.cluster.Clusters;
import dev.penstock.cluster.HealthMonitor;
import dev.penstock.cluster.HostResolver;
import dev.penstock.config.LoadedConfig;
import dev.penstock.config.PenstockConfig;
import dev.penstock.config.WorkerConfig;
import dev.penstock.exchange.Exchanges;
import dev.penstock.exchange.Generation;
import dev.penstock.exchange.Outcome;
import dev.penstock.exchange.RefusalReason;
import dev.penstock.exchange.StreamClocks;
import dev.penstock.exchange.StreamRegistry;
import dev.penstock.exchange.UpstreamTargets;
import dev.penstock.metrics.MetricWords;
import dev.penstock.metrics.ProxyMetrics;
import dev.penstock.metrics.SchedulerDelayProbe;
import dev.penstock.plugin.PluginSet;
import dev.penstock.routing.RouteRegistry;
import dev.penstock.routing.RouteTable;
import dev.penstock.upstream.UpstreamClient;
import java.io.IOException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The rooms of one worker, put together, and the generation of the configuration that is in force.
 *
 * <p>Thread-safe: what can change is volatile and swapped whole; {@link #apply} is called by one thread at a time.
 */
final class Rooms implements AutoCloseable {
    private final Instant since = Instant.now();
    private final StreamRegistry registry = new StreamRegistry();
    private final UpstreamTargets targets = new UpstreamTargets();
    private final RouteRegistry routes = new RouteRegistry(
            System::nanoTime, () -> ThreadLocalRandom.current().nextDouble());
    private final ProxyMetrics metrics;
    private final AdmissionQueue admission;
    private final ClusterRegistry clusters;
    private final UpstreamClient upstream;
    private final HealthMonitor health;
    private final StreamClocks clocks;
    private final PluginRoom plugins;
    private final SchedulerDelayProbe schedulerDelay;
    private final IdleSweep idleSweep;
    private final Exchanges exchanges;

    /** Written by {@link #apply}, read by every request. */
    private volatile Generation generation;

    /** Written by {@link #apply}, read by operators. */
    private volatile LoadedConfig loaded;

    private volatile boolean ready;
    private volatile boolean draining;
    private volatile boolean refusing;

    private Rooms(LoadedConfig loaded, Surroundings surroundings, UpstreamClient upstream) {
        this.loaded = loaded;
        this.upstream = upstream;
        this.metrics = new ProxyMetrics(surroundings.build(), new MetricWords(Outcome.words(), RefusalReason.words()));
        this.plugins = PluginRoom.open(loaded.config().plugins(), surroundings.home(), metrics);
        this.admission = admission(loaded.config().worker());
        dev.penstock.cluster.Surroundings world = dev.penstock.cluster.Surroundings.ofSystem(new HealthLog(metrics));
        this.clusters = new ClusterRegistry(world, HostResolver.ofSystem());
        this.health = new HealthMonitor(new InstanceProbe(upstream, targets), world);
        this.clusters.membersListener(health::follow);
        this.generation = first(loaded);
        this.exchanges = new Exchanges(
                this::generation,
                admission,
                upstream,
                targets,
                registry,
                metrics,
                surroundings.accessLog(),
                () -> refusing);
        this.clocks = new StreamClocks(registry);
        this.schedulerDelay = SchedulerDelayProbe.start(metrics);
        this.idleSweep = new IdleSweep(targets);
        Gauges.register(this, surroundings);
    }

    private Generation first(LoadedConfig loaded) {
        try {
            return activate(prepare(loaded, plugins.current(), 1), () -> {});
        } catch (Throwable e) {
            plugins.close();
            throw e;
        }
    }

    static Rooms open(LoadedConfig loaded, Surroundings surroundings) throws IOException {
        UpstreamClient client = openClient();
        try {
            return new Rooms(loaded, surroundings, client);
        } catch (Throwable e) {
            client.close();
            throw e;
        }
    }

    private static UpstreamClient openClient() throws IOException {
        try {
            return new UpstreamClient();
        } catch (Exception e) {
            throw new IOException("the upstream client did not start: " + e.getMessage(), e);
        }
    }

    private static AdmissionQueue admission(WorkerConfig worker) {
        return new AdmissionQueue(
                new StreamLimiter(LimiterScope.WORKER, "worker", Optional.of(worker.maxStreams()), System::nanoTime),
                new ConsumerLimiters(worker.maxStreamsPerConsumer(), System::nanoTime),
                worker.queue().maxWaiting(),
                new RetryAdvice(() -> ThreadLocalRandom.current().nextDouble()),
                System::nanoTime);
    }

    /** All that a configuration needs to be put in force. Immutable; its parts are alive. */
    private record Prepared(
            LoadedConfig loaded,
            UpstreamTargets.Prepared targets,
            Clusters clusters,
            RouteTable routes,
            Generation generation) {}

    /**
     * Swaps another configuration in, whole, or throws and changes nothing. Streams that live end under the one they began with.
     *
     * @param elsewhere puts in force what is not of these rooms; it cannot fail
     */
    synchronized void apply(LoadedConfig next, Runnable elsewhere) {
        PluginSet nextPlugins = plugins.prepare(next.config().plugins());
        Prepared prepared;
        try {
            prepared = prepare(next, nextPlugins, generation.number() + 1);
        } catch (Throwable e) {
            nextPlugins.close();
            throw e;
        }
        activate(prepared, elsewhere);
        plugins.activate(nextPlugins);
    }

    /** Touches nothing that runs. */
    private Prepared prepare(LoadedConfig next, PluginSet nextPlugins, long number) {
        PenstockConfig config = next.config();
        WorkerConfig worker = config.worker();
        UpstreamTargets.Prepared nextTargets = targets.prepare(config.clusters());
        Clusters nextClusters = clusters.prepare(config.clusters(), worker.maxStreamsPerInstance());
        RouteTable nextRoutes = routes.prepare(config.routes(), worker.maxStreamsPerRoute());
        Generation nextGeneration = Generation.of(number, config, nextRoutes, nextClusters, nextPlugins, since);
        return new Prepared(next, nextTargets, nextClusters, nextRoutes, nextGeneration);
    }

    /** Nothing of this refuses. The generation comes last: whoever sees its number finds everything else in force. */
    private Generation activate(Prepared next, Runnable elsewhere) {
        WorkerConfig worker = next.loaded.config().worker();
        metrics.knownModels(next.routes.publishedModels()::contains);
        next.routes
                .routes()
                .forEach(route -> route.config()
                        .clusters()
                        .forEach(cluster -> metrics.declareRoute(route.name(), cluster.name())));
        clusters.activate(next.clusters);
        routes.activate(next.routes);
        targets.activate(next.targets, next.clusters);
        admission.worker().resize(Optional.of(worker.maxStreams()));
        admission.consumers().resize(worker.maxStreamsPerConsumer());
        admission.resize(worker.queue().maxWaiting());
        health.follow(next.clusters);
        elsewhere.run();
        loaded = next.loaded;
        generation = next.generation;
        return next.generation;
    }

    /** Everything runs and the listener is open. */
    void ready() {
        ready = true;
    }

    /** Unready from now on. */
    void beginDrain() {
        draining = true;
    }

    /** New requests are refused from now on, and those that wait too. */
    void refuse() {
        refusing = true;
        admission.close();
    }

    boolean isDraining() {
        return draining;
    }

    Optional<String> unready() {
        if (draining) {
            return Optional.of("draining");
        }
        return ready ? Optional.empty() : Optional.of("starting");
    }

    Exchanges exchanges() {
        return exchanges;
    }

    Generation generation() {
        return Objects.requireNonNull(generation, "generation");
    }

    PenstockConfig config() {
        return loaded.config();
    }

    LoadedConfig loaded() {
        return loaded;
    }

    PluginRoom plugins() {
        return plugins;
    }

    ProxyMetrics metrics() {
        return metrics;
    }

    AdmissionQueue admission() {
        return admission;
    }

    StreamRegistry registry() {
        return registry;
    }

    Clusters clusters() {
        return clusters.current();
    }

    @Override
    public void close() {
        plugins.close();
        idleSweep.close();
        schedulerDelay.close();
        clocks.close();
        health.close();
        clusters.close();
        admission.close();
        targets.closeIdle(0);
        upstream.close();
    }
}
