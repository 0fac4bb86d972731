// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The clusters of one generation of the configuration, in its order. Requests that began with an older one go on with it.
 * Immutable; its clusters are alive.
 */
public final class Clusters {
    private final long number;
    private final Map<String, Cluster> byName;
    private final Optional<Integer> defaultCap;

    Clusters(long number, List<Cluster> clusters, Optional<Integer> defaultCap) {
        this.number = number;
        Map<String, Cluster> named = new LinkedHashMap<>();
        clusters.forEach(cluster -> named.put(cluster.name(), cluster));
        this.byName = Collections.unmodifiableMap(named);
        this.defaultCap = defaultCap;
    }

    public Optional<Cluster> cluster(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    public Collection<Cluster> all() {
        return byName.values();
    }

    /** What an operator sees: every instance as it is now. */
    public List<ClusterView> view() {
        return byName.values().stream().map(Cluster::view).toList();
    }

    /** Takes an instance out of new picks, or back in; its streams go on. False if there is no such instance. */
    public boolean drain(String cluster, String instance, boolean drained) {
        List<Instance> found = cluster(cluster).stream()
                .flatMap(known -> known.members().stream())
                .map(Member::instance)
                .filter(known -> known.id().name().equals(instance))
                .toList();
        found.forEach(known -> known.drained(drained));
        return !found.isEmpty();
    }

    /** A later generation has a higher number. */
    long number() {
        return number;
    }

    /** The cap of a member, its own or the one for instances that have none. */
    Optional<Integer> capOf(Member member) {
        return member.config().maxStreams().or(() -> defaultCap);
    }
}
