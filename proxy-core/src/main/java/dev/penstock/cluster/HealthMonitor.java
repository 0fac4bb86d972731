// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sends active probes: one loop per instance of a cluster that wants them, so that one that hangs delays no other. Another
 * generation keeps the loops of instances that stay, and health belongs to the instance: a reload forgets nothing.
 *
 * <p>Guarded by this: loops, followed, closed.
 */
public final class HealthMonitor implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Probe probe;
    private final Surroundings surroundings;
    private final Map<Instance, ProbeLoop> loops = new HashMap<>();
    private long followed;
    private boolean closed;

    public HealthMonitor(Probe probe, Surroundings surroundings) {
        this.probe = requireNonNull(probe, "probe");
        this.surroundings = requireNonNull(surroundings, "surroundings");
    }

    /**
     * From now on probes the instances of these clusters, and no others, as these clusters say. To be called after each
     * change; a generation that is older than the one followed is ignored, so that a late word from DNS undoes no reload.
     */
    public synchronized void follow(Clusters clusters) {
        if (closed || clusters.number() < followed) {
            return;
        }
        followed = clusters.number();
        Map<Instance, ProbeLoop> kept = new HashMap<>();
        for (Cluster cluster : clusters.all()) {
            if (cluster.config().health().active().enabled()) {
                cluster.members().forEach(member -> kept.put(member.instance(), loop(cluster, member)));
            }
        }
        loops.forEach((instance, loop) -> {
            if (!kept.containsKey(instance)) {
                loop.stop();
            }
        });
        loops.clear();
        loops.putAll(kept);
    }

    /** Stops every loop, within a second, and interrupts the probes on their way. */
    @Override
    public void close() {
        List<ProbeLoop> stopping;
        synchronized (this) {
            closed = true;
            stopping = List.copyOf(loops.values());
            loops.clear();
        }
        stopping.forEach(ProbeLoop::stop);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (ProbeLoop loop : stopping) {
            loop.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
        }
    }

    private ProbeLoop loop(Cluster cluster, Member member) {
        ProbeLoop known = loops.get(member.instance());
        if (known != null) {
            known.follow(cluster, member);
            return known;
        }
        ProbeLoop loop = new ProbeLoop(probe, cluster, member, surroundings);
        loop.start();
        return loop;
    }
}
