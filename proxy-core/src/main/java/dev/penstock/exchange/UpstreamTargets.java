// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.cluster.Instance;
import dev.penstock.cluster.InstanceId;
import dev.penstock.config.ClusterConfig;
import dev.penstock.config.InstanceConfig;
import dev.penstock.upstream.UpstreamRequest;
import dev.penstock.upstream.UpstreamTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where each instance's connections lead. A target, and its idle connections, lives as long as its instance.
 *
 * <p>Thread-safe: a concurrent map.
 */
public final class UpstreamTargets {
    private final Map<InstanceId, UpstreamTarget> targets = new ConcurrentHashMap<>();

    /** Where the instance's connections lead. */
    public UpstreamTarget target(Instance instance, ClusterConfig cluster) {
        return targets.computeIfAbsent(instance.id(), id -> open(id, cluster));
    }

    /** A probe of the instance, with its own credentials and headers. */
    public UpstreamRequest probe(String path, InstanceConfig instance) {
        return UpstreamMessage.probe(path, instance);
    }

    /** Closes the idle connections that have rested for so long. */
    public void closeIdle(long olderThanNanos) {
        targets.values().forEach(target -> target.closeIdle(olderThanNanos));
    }

    /** Lets go of the targets of instances that are not there any more. */
    public void keepOnly(Collection<InstanceId> instances) {
        targets.entrySet().removeIf(entry -> {
            boolean gone = !instances.contains(entry.getKey());
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
    }

    private static UpstreamTarget open(InstanceId id, ClusterConfig cluster) {
        try {
            return UpstreamTarget.of(id.url(), id.address(), cluster.tls());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
