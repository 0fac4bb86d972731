// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.cluster.Cluster;
import dev.penstock.cluster.Clusters;
import dev.penstock.config.ByteSize;
import dev.penstock.config.PenstockConfig;
import dev.penstock.config.TurnConfig;
import dev.penstock.dialect.ModelList;
import dev.penstock.plugin.PluginSet;
import dev.penstock.relay.Turn;
import dev.penstock.routing.RouteTable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * All that a reload may change, as one value that is swapped whole. An exchange takes the generation of the moment when it
 * begins, and ends under it. Immutable.
 *
 * @param number counts up from 1
 */
public record Generation(
        long number,
        PenstockConfig config,
        RouteTable routes,
        Clusters clusters,
        PluginSet plugins,
        ModelList models,
        Turn.Limits turn) {
    public Generation {
        Objects.requireNonNull(config, "config");
    }

    /** A generation of this configuration; everything else follows from it. */
    public static Generation of(
            long number,
            PenstockConfig config,
            RouteTable routes,
            Clusters clusters,
            PluginSet plugins,
            Instant since) {
        TurnConfig turn = config.worker().turn();
        return new Generation(
                number,
                config,
                routes,
                clusters,
                plugins,
                new ModelList(List.copyOf(routes.publishedModels()), since),
                new Turn.Limits(
                        turn.events(),
                        turn.bytes().map(ByteSize::bytes),
                        turn.time().map(Duration::toNanos)));
    }

    Cluster cluster(String name) {
        return clusters.cluster(name).orElseThrow();
    }
}
