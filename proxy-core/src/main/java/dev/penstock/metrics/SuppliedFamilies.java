// SPDX-License-Identifier: Apache-2.0
package dev.penstock.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The numbers that are asked for at scrape time instead of being counted: whoever owns a thing says how much of it there
 * is, so no gauge can leak. A source that throws shows as NaN (one value) or as an empty family (many values) and never
 * takes the scrape with it. Thread-safe: sources are replaced atomically, and a scrape calls each of them once.
 */
final class SuppliedFamilies extends Collector {
    private final Map<String, Supplier<List<MetricFamilySamples>>> sources = new ConcurrentSkipListMap<>();

    void single(String name, Type type, String help, DoubleSupplier value) {
        sources.put(name, () -> List.of(single(name, type, help, ask(value))));
    }

    /** Several families from one call of {@code source}, so that values that belong together are of one moment. */
    <T> void many(
            String key,
            Supplier<? extends Collection<T>> source,
            Function<Collection<T>, List<MetricFamilySamples>> families) {
        sources.put(key, () -> families.apply(askAll(source)));
    }

    @Override
    public List<MetricFamilySamples> collect() {
        var all = new ArrayList<MetricFamilySamples>();
        sources.values().forEach(source -> all.addAll(source.get()));
        return all;
    }

    private static MetricFamilySamples single(String name, Type type, String help, double value) {
        // The library wants the family of a counter without its suffix and the sample with it.
        var family = type == Type.COUNTER ? name.substring(0, name.length() - "_total".length()) : name;
        return new MetricFamilySamples(family, type, help, List.of(new Sample(name, List.of(), List.of(), value)));
    }

    private static double ask(DoubleSupplier value) {
        try {
            return value.getAsDouble();
        } catch (RuntimeException e) {
            return Double.NaN;
        }
    }

    private static <T> Collection<T> askAll(Supplier<? extends Collection<T>> source) {
        try {
            return source.get();
        } catch (RuntimeException e) {
            return List.of();
        }
    }
}
