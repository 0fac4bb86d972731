// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import dev.penstock.admission.StreamLimiter;
import dev.penstock.cluster.InstanceView;
import dev.penstock.metrics.InstanceSample;
import dev.penstock.metrics.PermitSample;
import dev.penstock.metrics.ProxyMetrics;
import dev.penstock.routing.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Says where every gauge is read. None is counted by hand: each is derived, at the scrape, from what the rooms hold.
 *
 * <p>Immutable: without state.
 */
final class Gauges {
    private Gauges() {}

    static void register(Rooms rooms, Surroundings surroundings) {
        ProxyMetrics metrics = rooms.metrics();
        metrics.streamsActive(() -> rooms.admission().worker().inUse());
        metrics.streamDrift(
                () -> rooms.admission().worker().inUse() - rooms.registry().admitted());
        metrics.requestsInFlight(rooms.registry()::size);
        metrics.queueDepth(rooms.admission()::depth);
        metrics.permits(() -> permits(rooms));
        metrics.instances(() -> instances(rooms));
        metrics.configGeneration(() -> rooms.generation().number());
        metrics.pluginsStuck(rooms.plugins()::stuck);
        Carriers.ofThisJvm().ifPresent(carriers -> metrics.carriers(carriers::allowed));
        metrics.draining(rooms::isDraining);
        metrics.logDropped(surroundings.logDropped());
    }

    private static List<PermitSample> permits(Rooms rooms) {
        List<PermitSample> samples = new ArrayList<>();
        Stream<StreamLimiter> routes =
                rooms.generation().routes().routes().stream().map(Route::limiter);
        Stream<StreamLimiter> instances = rooms.clusters().all().stream()
                .flatMap(cluster -> cluster.members().stream())
                .map(member -> member.instance().limiter());
        Stream.of(Stream.of(rooms.admission().worker()), routes, instances)
                .flatMap(limiters -> limiters)
                .forEach(limiter -> sample(limiter).ifPresent(samples::add));
        return samples;
    }

    private static Optional<PermitSample> sample(StreamLimiter limiter) {
        return limiter.limit()
                .map(limit -> new PermitSample(limiter.scope().word(), limit, limit - (long) limiter.inUse()));
    }

    private static List<InstanceSample> instances(Rooms rooms) {
        List<InstanceSample> samples = new ArrayList<>();
        rooms.clusters().view().forEach(cluster -> {
            for (InstanceView instance : cluster.instances()) {
                samples.add(
                        new InstanceSample(cluster.name(), instance.name(), instance.inFlight(), instance.usable()));
            }
        });
        return samples;
    }
}
