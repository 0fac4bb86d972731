// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import dev.penstock.cluster.HealthListener;
import dev.penstock.cluster.HealthStatus;
import dev.penstock.cluster.HealthTransition;
import dev.penstock.metrics.ProxyMetrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Tells the log and the metrics of each change of an instance's health, with its evidence.
 *
 * <p>Thread-safe: without state.
 */
final class HealthLog implements HealthListener {
    private static final Logger LOG = LoggerFactory.getLogger(HealthLog.class);

    private final ProxyMetrics metrics;

    HealthLog(ProxyMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void onTransition(HealthTransition transition) {
        String cluster = transition.instance().cluster();
        String instance = transition.instance().name();
        metrics.healthTransition(cluster, instance, transition.to().word());
        Level level = transition.to() == HealthStatus.HEALTHY ? Level.INFO : Level.WARN;
        LOG.atLevel(level)
                .log(
                        "instance {}/{}: {} -> {}: {}",
                        cluster,
                        instance,
                        transition.from().word(),
                        transition.to().word(),
                        transition.why());
    }
}
