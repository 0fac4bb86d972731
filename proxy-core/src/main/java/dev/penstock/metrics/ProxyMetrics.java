// SPDX-License-Identifier: Apache-2.0
// Longer than a class should be, on purpose: this is the one list of all metrics, and the contract with dashboards.
package dev.penstock.metrics;

import static java.util.Objects.requireNonNull;

import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.GaugeMetricFamily;
import io.prometheus.client.Histogram;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Every metric of one proxy, by its contract name. Rooms call typed methods and never see Prometheus. What can be counted
 * up is counted here; what goes up and down is never counted but asked for at scrape time (the methods that take a
 * supplier), so it cannot drift. Labels are bounded: a model that is not configured is {@code other}, a request without a
 * route has {@code none}, no value is longer than 128 bytes, and a status code outside 100-599 is {@code other}.
 *
 * <p>Each instance has a registry of its own, so several proxies live in one JVM. Methods with labels look their child up
 * in a map and are meant for once per request; what happens per event goes through {@link #hook} or is added up by the
 * stream and reported at its end.
 *
 * <p>Beyond 400 lines because every metric is to be found in one file.
 *
 * <p>Thread-safe: meters are striped counters, sources are replaced atomically.
 */
public final class ProxyMetrics {
    /** The label value of a name that is not one of the configured ones. */
    public static final String OTHER = "other";

    /** The label value of something that was never determined, such as the route of a request refused before routing. */
    public static final String NONE = "none";

    private static final double[] WAIT_BUCKETS = {
        0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60
    };
    private static final double[] FIRST_BUCKETS = {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120};
    private static final double[] TOKEN_BUCKETS = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2.5
    };
    private static final double[] DURATION_BUCKETS = {
        0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800
    };
    private static final double[] OVERHEAD_BUCKETS = {
        0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1
    };
    private static final double[] HOOK_BUCKETS = {
        0.00001, 0.00005, 0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5
    };
    private static final double[] SCHEDULER_BUCKETS = {
        0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10, 30
    };
    private static final List<String> TOKEN_TYPES =
            List.of("input", "output", "cache_read", "cache_write", "reasoning");
    private static final List<String> RETRY_REASONS =
            List.of("connect_failed", "reset", "first_byte_timeout", "error_event", "429", "5xx");

    private final CollectorRegistry registry = new CollectorRegistry();
    private final SuppliedFamilies supplied = new SuppliedFamilies().register(registry);
    private final CustomMeters custom = new CustomMeters(registry);
    private final MetricWords words;
    private volatile Predicate<String> knownModels = name -> false; // written by a (re)load, read by finishing streams

    private final Counter streams =
            counter("streams", "Admitted requests that ended, by outcome.", "route", "cluster", "model", "outcome");
    private final Counter requests =
            counter("requests", "Requests answered, refusals included, by status code.", "route", "dialect", "code");
    private final Counter rejected = counter("rejected", "Requests refused before admission.", "reason", "route");
    private final Counter tokens = counter("tokens", "Tokens as the upstream reported them.", "model", "type");
    private final Counter events = counter("events", "Server-sent events relayed to clients.");
    private final Counter bytes = counter("bytes", "Body bytes: in from clients, out to clients.", "direction");
    private final Counter upstreamRequests =
            counter("upstream_requests", "Requests sent to instances.", "cluster", "instance", "result");
    private final Counter upstreamAborts =
            counter("upstream_aborts", "Upstream calls that we closed before their end.", "reason");
    private final Counter healthTransitions =
            counter("health_transitions", "Changes of an instance's health.", "cluster", "instance", "to");
    private final Counter retries = counter("retries", "Further attempts of a request, by their cause.", "reason");
    private final Counter pluginErrors =
            counter("plugin_errors", "Hook calls that threw, timed out or answered garbage.", "plugin", "hook");
    private final Counter pluginDetached =
            counter("plugin_detached", "Observers given up on a stream before its end.", "plugin");
    private final Counter pluginEventsLost =
            counter("plugin_events_lost", "Events an observer was too slow to take.", "plugin");

    private final Histogram requestDuration = histogram(
            "request_duration",
            "From a request's first byte to the end of its answer.",
            DURATION_BUCKETS,
            "route",
            "model",
            "outcome");
    private final Histogram timeToFirstByte =
            histogram("time_to_first_byte", "From admission to the upstream's head.", FIRST_BUCKETS, "route", "model");
    private final Histogram timeToFirstToken =
            histogram("time_to_first_token", "From admission to the first token.", FIRST_BUCKETS, "route", "model");
    private final Histogram timePerOutputToken = histogram(
            "time_per_output_token", "Time after the first token, by output token.", TOKEN_BUCKETS, "route", "model");
    private final Histogram queueWait =
            histogram("queue_wait", "Time spent waiting for a permit.", WAIT_BUCKETS, "route");
    private final Histogram overhead = histogram(
            "overhead", "A request's time that was spent waiting for neither side.", OVERHEAD_BUCKETS, "route");
    private final Histogram pluginDuration =
            histogram("plugin_duration", "Time spent in plugin hooks.", HOOK_BUCKETS, "plugin", "hook");
    private final Histogram schedulerDelay =
            histogram("scheduler_delay", "How long a fresh virtual thread waited for a carrier.", SCHEDULER_BUCKETS);

    public ProxyMetrics(BuildInfo build, MetricWords words) {
        this.words = requireNonNull(words, "words");
        JvmFamilies.register(registry);
        zeroes();
        supplied.many("penstock_build_info", () -> List.of(build), ProxyMetrics::buildFamilies);
        streamsActive(() -> 0);
        streamDrift(() -> 0);
        requestsInFlight(() -> 0);
        queueDepth(() -> 0);
        permits(List::of);
        instances(List::of);
        pluginsStuck(() -> 0);
        schedulerStall(() -> 0);
        configGeneration(() -> 0);
        configLastReloadSuccessful(() -> true);
        draining(() -> false);
        logDropped(() -> 0);
    }

    // ---- counted once per request

    /** An admitted request ended; called exactly once for each. */
    public void streamEnded(String route, String cluster, String model, String outcome) {
        streams.labels(LabelText.of(route), LabelText.of(cluster), model(model), LabelText.of(outcome))
                .inc();
    }

    /** A request got its status line, from us or from an upstream; called exactly once for each request. */
    public void requestAnswered(String route, String dialect, int code) {
        var label = code >= 100 && code <= 599 ? Integer.toString(code) : OTHER;
        requests.labels(LabelText.of(route), LabelText.of(dialect), label).inc();
    }

    /** A request was refused; {@code route} is {@link #NONE} before routing. */
    public void rejected(String reason, String route) {
        rejected.labels(LabelText.of(reason), LabelText.of(route)).inc();
    }

    /** Failures are observed too, or a percentile lies during an outage. */
    public void requestDuration(double seconds, String route, String model, String outcome) {
        requestDuration
                .labels(LabelText.of(route), model(model), LabelText.of(outcome))
                .observe(seconds);
    }

    public void timeToFirstByte(double seconds, String route, String model) {
        timeToFirstByte.labels(LabelText.of(route), model(model)).observe(seconds);
    }

    public void timeToFirstToken(double seconds, String route, String model) {
        timeToFirstToken.labels(LabelText.of(route), model(model)).observe(seconds);
    }

    public void timePerOutputToken(double seconds, String route, String model) {
        timePerOutputToken.labels(LabelText.of(route), model(model)).observe(seconds);
    }

    public void queueWait(double seconds, String route) {
        queueWait.labels(LabelText.of(route)).observe(seconds);
    }

    public void overhead(double seconds, String route) {
        overhead.labels(LabelText.of(route)).observe(seconds);
    }

    /** {@code type} is one of input, output, cache_read, cache_write, reasoning. */
    public void tokens(String model, String type, long n) {
        tokens.labels(model(model), TOKEN_TYPES.contains(type) ? type : OTHER).inc((double) n);
    }

    /** What a stream relayed since it last told; never one by one. */
    public void events(long n) {
        events.inc((double) n);
    }

    /** What a stream carried since it last told; never one by one. */
    public void bytes(Direction direction, long n) {
        bytes.labels(direction.label()).inc((double) n);
    }

    /** {@code result} is a word of a closed list: a status class such as {@code 2xx}, or what went wrong. */
    public void upstreamRequest(String cluster, String instance, String result) {
        upstreamRequests
                .labels(LabelText.of(cluster), LabelText.of(instance), LabelText.of(result))
                .inc();
    }

    /** We closed an upstream call before it had ended; {@code reason} is the outcome that made us. */
    public void upstreamAborted(String reason) {
        upstreamAborts.labels(LabelText.of(reason)).inc();
    }

    public void healthTransition(String cluster, String instance, String to) {
        healthTransitions
                .labels(LabelText.of(cluster), LabelText.of(instance), LabelText.of(to))
                .inc();
    }

    public void retried(String reason) {
        retries.labels(LabelText.of(reason)).inc();
    }

    /** An observer was given up on a stream before its end. */
    public void pluginDetached(String plugin) {
        pluginDetached.labels(LabelText.of(plugin)).inc();
    }

    /** Where plugins have metrics of their own. */
    public CustomMeters custom() {
        return custom;
    }

    public void pluginEventsLost(String plugin, long n) {
        pluginEventsLost.labels(LabelText.of(plugin)).inc((double) n);
    }

    /** The meters of one hook, to be kept by whoever calls it; from now on its error count is shown, from zero. */
    public HookMeter hook(String plugin, String hook) {
        var id = LabelText.of(plugin);
        return new HookMeter(pluginDuration.labels(id, hook), pluginErrors.labels(id, hook));
    }

    void schedulerDelayed(double seconds) {
        schedulerDelay.observe(seconds);
    }

    // ---- asked for at scrape time

    /** Streams that hold the worker's permit; the source is the limiter itself. */
    public void streamsActive(IntSupplier source) {
        gauge("streams_active", "Streams that hold a permit of the worker.", source);
    }

    /** Live streams by the registry minus those by the limiter: anything but 0 at rest is a bug of ours. */
    public void streamDrift(IntSupplier source) {
        gauge("streams_drift", "Streams in the registry minus permits handed out; 0 unless something leaks.", source);
    }

    public void requestsInFlight(IntSupplier source) {
        gauge("requests_in_flight", "Requests being handled, waiting and refused ones included.", source);
    }

    public void queueDepth(IntSupplier source) {
        gauge("queue_depth", "Requests waiting for a permit.", source);
    }

    /** Both permit gauges from one call per scrape; see {@link PermitSample} for unlimited scopes and sums. */
    public void permits(Supplier<? extends Collection<PermitSample>> source) {
        supplied.many("penstock_permits", requireNonNull(source, "source"), ProxyMetrics::permitFamilies);
    }

    /** In-flight and health of all instances there are now; a reload may change the set. */
    public void instances(Supplier<? extends Collection<InstanceSample>> source) {
        supplied.many("penstock_upstream", requireNonNull(source, "source"), ProxyMetrics::instanceFamilies);
    }

    public void pluginsStuck(IntSupplier source) {
        gauge("plugins_stuck", "Hook calls that ignore their deadline and their interrupt.", source);
    }

    public void configGeneration(LongSupplier source) {
        single("config_generation", "Counts accepted configurations, from 1.", Collector.Type.GAUGE, source);
    }

    public void configLastReloadSuccessful(BooleanSupplier source) {
        gauge("config_last_reload_successful", "1 if the last (re)load was accepted.", bit(source));
    }

    public void draining(BooleanSupplier source) {
        gauge("draining", "1 while the proxy finishes its streams and takes no new ones.", bit(source));
    }

    /** How many carriers may work at once. */
    public void carriers(IntSupplier source) {
        gauge("carriers", "Carriers of virtual threads that may work at once.", source);
    }

    /** A count kept by the log itself, which must never be waited for. */
    public void logDropped(LongSupplier source) {
        single("log_dropped_total", "Log lines dropped because their reader stalled.", Collector.Type.COUNTER, source);
    }

    void schedulerStall(LongSupplier nanos) {
        requireNonNull(nanos, "nanos");
        supplied.single(
                "penstock_scheduler_stall_seconds",
                Collector.Type.GAUGE,
                "How long the scheduler's present probe is overdue; 0 if it is not.",
                () -> nanos.getAsLong() / 1e9);
    }

    // ---- what exists before it happens

    /**
     * Which model names may become label values, usually those of the configuration; every other name is
     * {@link #OTHER}. Replaced at a reload.
     */
    public void knownModels(Predicate<String> known) {
        knownModels = requireNonNull(known, "known");
    }

    /** Shows every outcome and every reason of a configured route at zero, so that alerts work before the first incident. */
    public void declareRoute(String route, String cluster) {
        var name = LabelText.of(route);
        words.outcomes().forEach(word -> streams.labels(name, LabelText.of(cluster), OTHER, word));
        words.reasons().forEach(word -> rejected.labels(word, name));
    }

    private void zeroes() {
        words.reasons().forEach(word -> rejected.labels(word, NONE));
        words.outcomes().forEach(upstreamAborts::labels);
        RETRY_REASONS.forEach(retries::labels);
        TOKEN_TYPES.forEach(type -> tokens.labels(OTHER, type));
        for (var direction : Direction.values()) {
            bytes.labels(direction.label());
        }
    }

    /** All of it, in OpenMetrics 1.0.0 if the scraper's {@code Accept} header asks for it, else in text format 0.0.4. */
    public Exposition render(String acceptHeader) {
        return RegistryText.render(registry, acceptHeader);
    }

    // ---- how it is made

    private String model(String name) {
        return knownModels.test(name) ? LabelText.of(name) : OTHER;
    }

    private void gauge(String name, String help, IntSupplier source) {
        requireNonNull(source, "source");
        single(name, help, Collector.Type.GAUGE, source::getAsInt);
    }

    private void single(String name, String help, Collector.Type type, LongSupplier source) {
        requireNonNull(source, "source");
        supplied.single("penstock_" + name, type, help, source::getAsLong);
    }

    private static IntSupplier bit(BooleanSupplier source) {
        requireNonNull(source, "source");
        return () -> source.getAsBoolean() ? 1 : 0;
    }

    private Counter counter(String name, String help, String... labels) {
        return Counter.build("penstock_" + name + "_total", help)
                .labelNames(labels)
                .withoutExemplars()
                .register(registry);
    }

    private Histogram histogram(String name, String help, double[] buckets, String... labels) {
        return Histogram.build("penstock_" + name + "_seconds", help)
                .labelNames(labels)
                .buckets(buckets)
                .withoutExemplars()
                .register(registry);
    }

    private static List<MetricFamilySamples> buildFamilies(Collection<BuildInfo> builds) {
        var info = new GaugeMetricFamily(
                "penstock_build_info", "What is running.", List.of("version", "commit", "jdk", "jetty"));
        builds.forEach(b -> info.addMetric(
                List.of(
                        LabelText.of(b.version()),
                        LabelText.of(b.commit()),
                        LabelText.of(b.jdk()),
                        LabelText.of(b.jetty())),
                1));
        return List.of(info);
    }

    private static List<MetricFamilySamples> permitFamilies(Collection<PermitSample> samples) {
        var sums = new TreeMap<String, PermitSample>();
        samples.forEach(sample -> sums.merge(
                sample.scope(),
                sample,
                (a, b) -> new PermitSample(a.scope(), a.limit() + b.limit(), a.available() + b.available())));
        var limit = new GaugeMetricFamily("penstock_permits_limit", "Permits there are.", List.of("scope"));
        var available = new GaugeMetricFamily("penstock_permits_available", "Permits not in use.", List.of("scope"));
        sums.forEach((scope, sum) -> {
            limit.addMetric(List.of(LabelText.of(scope)), (double) sum.limit());
            available.addMetric(List.of(LabelText.of(scope)), (double) sum.available());
        });
        return List.of(limit, available);
    }

    private static List<MetricFamilySamples> instanceFamilies(Collection<InstanceSample> samples) {
        var names = List.of("cluster", "instance");
        var inFlight = new GaugeMetricFamily("penstock_upstream_in_flight", "Requests an instance holds now.", names);
        var healthy = new GaugeMetricFamily("penstock_upstream_healthy", "1 if a pick may choose it.", names);
        for (var sample : samples) {
            var labels = List.of(LabelText.of(sample.cluster()), LabelText.of(sample.instance()));
            inFlight.addMetric(labels, sample.inFlight());
            healthy.addMetric(labels, sample.healthy() ? 1 : 0);
        }
        return List.of(inFlight, healthy);
    }
}
