// SPDX-License-Identifier: Apache-2.0
package dev.penstock.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Metrics that are not ours: plugins name them. A name is registered once, whoever asks for it again, so a reload goes on
 * counting. The children of one metric are bounded; label values beyond that count as {@value ProxyMetrics#OTHER}.
 *
 * <p>Thread-safe: concurrent maps.
 */
public final class CustomMeters {
    private static final int MOST_CHILDREN = 500;

    private final CollectorRegistry registry;
    private final Map<String, Collector> byName = new ConcurrentHashMap<>();

    CustomMeters(CollectorRegistry registry) {
        this.registry = registry;
    }

    /** Adds an amount to the child with these label values. */
    @FunctionalInterface
    public interface Adder {
        void add(double amount, String... labelValues);
    }

    /** A counter; the name is complete, without {@code _total}. */
    public Adder counter(String name, String help, String... labels) {
        Counter counter = (Counter) registered(
                name, key -> Counter.build(key, help).labelNames(labels).register(registry));
        Children children = new Children();
        return (amount, values) -> counter.labels(children.bounded(values)).inc(amount);
    }

    /** A histogram of seconds; the name is complete. */
    public Adder histogram(String name, String help, String... labels) {
        Histogram histogram = (Histogram) registered(
                name, key -> Histogram.build(key, help).labelNames(labels).register(registry));
        Children children = new Children();
        return (seconds, values) -> histogram.labels(children.bounded(values)).observe(seconds);
    }

    private Collector registered(String name, Function<String, Collector> make) {
        return byName.computeIfAbsent(name, make);
    }

    /** The label values seen so far. Guarded by this: {@code seen}. */
    private static final class Children {
        private final Set<List<String>> seen = new HashSet<>();

        synchronized String[] bounded(String... values) {
            String[] texts = Arrays.stream(values).map(LabelText::of).toArray(String[]::new);
            List<String> key = List.of(texts);
            if (seen.contains(key) || (seen.size() < MOST_CHILDREN && seen.add(key))) {
                return texts;
            }
            Arrays.fill(texts, ProxyMetrics.OTHER);
            return texts;
        }
    }
}
