// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.cluster.Cluster;
import dev.penstock.cluster.Clusters;
import dev.penstock.cluster.Instance;
import dev.penstock.cluster.InstanceId;
import dev.penstock.config.ClusterConfig;
import dev.penstock.config.ConfigProblems;
import dev.penstock.config.InstanceConfig;
import dev.penstock.config.Origin;
import dev.penstock.config.UpstreamTlsConfig;
import dev.penstock.upstream.UpstreamRequest;
import dev.penstock.upstream.UpstreamTarget;
import dev.penstock.upstream.UpstreamTrust;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where each instance's connections lead. A target, and its idle connections, lives as long as its instance and what it trusts
 * stay the same. What a configuration trusts is read when it is prepared, so that a bad file is found before anything is
 * swapped, and a file with new content takes effect.
 *
 * <p>Thread-safe: a concurrent map, and the trusts are replaced whole.
 */
public final class UpstreamTargets {
    private final Map<Key, UpstreamTarget> targets = new ConcurrentHashMap<>();

    /** Written by a reload, read by every request. */
    private volatile Map<UpstreamTlsConfig, UpstreamTrust> trusts = Map.of();

    private record Key(InstanceId id, UpstreamTlsConfig tls, UpstreamTrust trust) {}

    /** What the next configuration trusts. Immutable. */
    public static final class Prepared {
        private final Map<UpstreamTlsConfig, UpstreamTrust> trusts;

        private Prepared(Map<UpstreamTlsConfig, UpstreamTrust> trusts) {
            this.trusts = Map.copyOf(trusts);
        }
    }

    /** Reads what these clusters trust; throws with all that cannot be used, having changed nothing. */
    public Prepared prepare(List<ClusterConfig> clusters) {
        ConfigProblems problems = new ConfigProblems();
        Map<UpstreamTlsConfig, UpstreamTrust> next = new HashMap<>();
        for (ClusterConfig cluster : clusters) {
            if (!next.containsKey(cluster.tls())) {
                trust(cluster, problems).ifPresent(trust -> next.put(cluster.tls(), trust));
            }
        }
        problems.throwIfAny();
        return new Prepared(next);
    }

    private Optional<UpstreamTrust> trust(ClusterConfig cluster, ConfigProblems problems) {
        try {
            UpstreamTrust read = UpstreamTrust.read(cluster.tls());
            return Optional.of(Optional.ofNullable(trusts.get(cluster.tls()))
                    .filter(read::isSame)
                    .orElse(read));
        } catch (IOException e) {
            String file = cluster.tls().ca().map(Object::toString).orElse("the system's authorities");
            problems.error(
                    new Origin.Outside(file),
                    "clusters." + cluster.name() + ".tls.ca",
                    Optional.ofNullable(e.getMessage()).orElse("cannot be read"));
            return Optional.empty();
        }
    }

    /** From now on this holds; targets that nobody of these clusters uses are let go. */
    public void activate(Prepared next, Clusters clusters) {
        trusts = next.trusts;
        Set<Key> wanted = new HashSet<>();
        for (Cluster cluster : clusters.all()) {
            cluster.members().forEach(member -> wanted.add(key(member.id(), cluster.config())));
        }
        keepOnly(wanted);
    }

    /** Where the instance's connections lead. */
    public UpstreamTarget target(Instance instance, ClusterConfig cluster) {
        return targets.computeIfAbsent(key(instance.id(), cluster), UpstreamTargets::open);
    }

    /** A probe of the instance, with its own credentials and headers. */
    public UpstreamRequest probe(String path, InstanceConfig instance) {
        return UpstreamMessage.probe(path, instance);
    }

    /** Closes the idle connections that have rested for so long. */
    public void closeIdle(long olderThanNanos) {
        targets.values().forEach(target -> target.closeIdle(olderThanNanos));
    }

    private void keepOnly(Collection<Key> wanted) {
        targets.entrySet().removeIf(entry -> {
            boolean gone = !wanted.contains(entry.getKey());
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
    }

    /** A stream of an older generation may still ask with settings that no prepared trust is for. */
    private Key key(InstanceId id, ClusterConfig cluster) {
        UpstreamTlsConfig tls = cluster.tls();
        return new Key(id, tls, Optional.ofNullable(trusts.get(tls)).orElseGet(() -> readLate(tls)));
    }

    private static UpstreamTrust readLate(UpstreamTlsConfig tls) {
        try {
            return UpstreamTrust.read(tls);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static UpstreamTarget open(Key key) {
        return key.trust.target(key.id.url(), key.id.address());
    }
}
