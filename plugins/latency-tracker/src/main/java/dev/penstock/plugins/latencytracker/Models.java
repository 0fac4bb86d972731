// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.latencytracker;

import dev.penstock.plugins.latencytracker.Trend.Change;
import dev.penstock.spi.PluginMetrics;
import dev.penstock.spi.PluginMetrics.Counter;
import dev.penstock.spi.PluginMetrics.Histogram;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * What is known of each model. A name is remembered only after a stream of it has completed, and only so many are: clients choose
 * names.
 *
 * <p>Thread-safe: the map is concurrent, trends are thread-safe, metrics are.
 */
final class Models {
    private static final Logger LOG = System.getLogger(Models.class.getName());
    private static final String OTHER = "other";

    private final LatencyTrackerConfig config;
    private final Map<String, Trends> known = new ConcurrentHashMap<>();
    private final Histogram firstToken;
    private final Histogram gapMean;
    private final Histogram gapP99;
    private final Counter regressions;
    private final Counter recoveries;

    private record Trends(Trend firstToken, Trend gap) {}

    Models(LatencyTrackerConfig config, PluginMetrics metrics) {
        this.config = config;
        this.firstToken = metrics.histogram(
                "time_to_first_token_seconds", "From the opening of a stream to its first token.", "model");
        this.gapMean = metrics.histogram("gap_mean_seconds", "Mean time between the events of a stream.", "model");
        this.gapP99 = metrics.histogram(
                "gap_p99_seconds", "99th percentile of the times between the events of a stream.", "model");
        this.regressions = metrics.counter(
                "regressions_total", "How often a model's streams became slower than usual.", "model", "measure");
        this.recoveries = metrics.counter(
                "recoveries_total", "How often a model's streams became as fast as usual again.", "model", "measure");
    }

    /** A stream that completed: it counts for what is usual. */
    void completed(String model, Optional<Double> firstTokenSeconds, Gaps gaps) {
        String label = label(model, true);
        count(label, firstTokenSeconds, gaps);
        Optional<Trends> trends = Optional.ofNullable(known.get(label));
        trends.ifPresent(found -> {
            firstTokenSeconds.ifPresent(seconds -> follow(label, "time_to_first_token", found.firstToken, seconds));
            if (gaps.count() > 0) {
                follow(label, "gap", found.gap, gaps.meanSeconds());
            }
        });
    }

    /** A stream that ended otherwise. */
    void ended(String model, Optional<Double> firstTokenSeconds, Gaps gaps) {
        count(label(model, false), firstTokenSeconds, gaps);
    }

    private void count(String label, Optional<Double> firstTokenSeconds, Gaps gaps) {
        firstTokenSeconds.ifPresent(seconds -> firstToken.observe(seconds, label));
        if (gaps.count() > 0) {
            gapMean.observe(gaps.meanSeconds(), label);
            gapP99.observe(gaps.p99Seconds(), label);
        }
    }

    /** Two streams that come at once may let one model more in than configured; the metrics have a bound of their own. */
    private String label(String model, boolean remember) {
        if (known.containsKey(model)) {
            return model;
        }
        if (!remember || known.size() >= config.maxModels() || model.isEmpty()) {
            return OTHER;
        }
        known.putIfAbsent(model, new Trends(new Trend(config), new Trend(config)));
        return model;
    }

    private void follow(String model, String measure, Trend trend, double seconds) {
        Change change = trend.add(seconds);
        BiConsumer<Counter, Level> tell = (counter, level) -> {
            counter.add(1, model, measure);
            LOG.log(level, "model {0}: {1} {2}: {3}", model, measure, change, trend);
        };
        switch (change) {
            case NONE -> {}
            case REGRESSED -> tell.accept(regressions, Level.WARNING);
            case RECOVERED -> tell.accept(recoveries, Level.INFO);
        }
    }
}
