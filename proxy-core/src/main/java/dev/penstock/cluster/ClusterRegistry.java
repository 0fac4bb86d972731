// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import dev.penstock.config.ClusterConfig;
import dev.penstock.config.InstanceConfig;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What outlives a generation of the configuration: instances by identity, each cluster's health and retry budget by name, and
 * the addresses found behind host names. A reload prepares the next generation without touching anything that runs, and
 * activates it when everything else about it was found good. An instance that is no longer configured is kept while streams
 * live on it, so that its in-flight count is right if it comes back.
 *
 * <p>Guarded by this: instances, shared, addresses, watches, prepared. The current generation is read without it.
 */
public final class ClusterRegistry implements AutoCloseable {
    /** A resolver that answers with changing subsets must not make us forget what we know of the rest. */
    private static final int REMEMBERED = 1024;

    private final Surroundings surroundings;
    private final HostResolver resolver;
    private final Map<InstanceId, Instance> instances = new HashMap<>();
    private final Map<String, Shared> shared = new HashMap<>();
    private final Map<String, List<InetAddress>> addresses = new HashMap<>();
    private final List<AddressWatch> watches = new ArrayList<>();
    private long prepared;

    /** Written by reload; read by every request. */
    private volatile Clusters current = new Clusters(0, List.of(), Optional.empty());

    /** Told when DNS has changed the members of a running cluster. */
    private volatile MembersListener membersListener = clusters -> {};

    public ClusterRegistry(Surroundings surroundings, HostResolver resolver) {
        this.surroundings = surroundings;
        this.resolver = resolver;
    }

    /** What stays with a cluster's name. Immutable; its parts are alive. */
    private record Shared(ClusterHealth health, RetryBudget budget) {}

    /** Is told of members that came and went between reloads, outside the monitor. */
    public interface MembersListener {

        void onMembersChanged(Clusters clusters);
    }

    /** The generation that new requests use. */
    public Clusters current() {
        return current;
    }

    public void membersListener(MembersListener listener) {
        membersListener = listener;
    }

    /** Builds the next generation, with every instance that stays; nothing that runs feels it. */
    public synchronized Clusters prepare(List<ClusterConfig> configs, Optional<Integer> defaultCap) {
        return new Clusters(++prepared, configs.stream().map(this::cluster).toList(), defaultCap);
    }

    /** Swaps the prepared generation in: new caps, weights, rules and credentials hold from the next pick on. */
    public synchronized void activate(Clusters next) {
        closeWatches();
        next.all().forEach(cluster -> adopt(cluster, next));
        shared.keySet().removeIf(name -> next.cluster(name).isEmpty());
        current = next;
        forgetIdle();
        next.all().stream()
                .filter(cluster -> cluster.config().dns().isPresent())
                .map(cluster -> new AddressWatch(this, resolver, cluster.config()))
                .forEach(watches::add);
        watches.forEach(AddressWatch::start);
    }

    @Override
    public synchronized void close() {
        closeWatches();
    }

    /** Members of running clusters follow what DNS says; an instance keeps its state as long as its address stays. */
    void resolved(Map<String, List<InetAddress>> found) {
        membersListener.onMembersChanged(spread(found));
    }

    private synchronized Clusters spread(Map<String, List<InetAddress>> found) {
        addresses.putAll(found);
        for (Cluster cluster : current.all()) {
            if (cluster.config().dns().isPresent()) {
                cluster.replaceMembers(membersOf(cluster.config()));
                adopt(cluster, current);
            }
        }
        if (instances.size() > REMEMBERED) {
            forgetIdle();
        }
        return current;
    }

    private Cluster cluster(ClusterConfig config) {
        Shared kept = Optional.ofNullable(shared.get(config.name())).orElseGet(() -> newShared(config));
        return new Cluster(config, membersOf(config), kept.health, kept.budget, surroundings);
    }

    private Shared newShared(ClusterConfig config) {
        return new Shared(
                new ClusterHealth(config.health(), surroundings),
                new RetryBudget(config.retry().budget(), surroundings.nanoTime()));
    }

    private List<Member> membersOf(ClusterConfig config) {
        return config.instances().stream()
                .flatMap(instance -> membersOf(config, instance))
                .toList();
    }

    /** One member, or where DNS is followed one for each address; as long as none was found, the name itself. */
    private Stream<Member> membersOf(ClusterConfig cluster, InstanceConfig config) {
        List<InetAddress> found =
                cluster.dns().isPresent() ? addresses.getOrDefault(AddressWatch.host(config), List.of()) : List.of();
        InstanceId plain = new InstanceId(cluster.name(), config.name(), config.url());
        Stream<InstanceId> ids = found.isEmpty()
                ? Stream.of(plain)
                : found.stream()
                        .map(address -> new InstanceId(
                                cluster.name(),
                                config.name() + "@" + address.getHostAddress(),
                                config.url(),
                                Optional.of(address)));
        return ids.map(id -> new Member(instance(id), config));
    }

    private Instance instance(InstanceId id) {
        boolean added = shared.containsKey(id.cluster());
        return Optional.ofNullable(instances.get(id))
                .orElseGet(() -> new Instance(id, Health.unknown(surroundings.now(), added), surroundings));
    }

    private void adopt(Cluster cluster, Clusters generation) {
        shared.put(cluster.name(), new Shared(cluster.health(), cluster.retryBudget()));
        cluster.health().adopt(cluster.config().health(), cluster.members());
        cluster.retryBudget().resize(cluster.config().retry().budget());
        for (Member member : cluster.members()) {
            instances.put(member.id(), member.instance());
            member.instance().limiter().resize(generation.capOf(member));
        }
    }

    private void forgetIdle() {
        Set<InstanceId> configured = current.all().stream()
                .flatMap(cluster -> cluster.members().stream())
                .map(Member::id)
                .collect(Collectors.toSet());
        instances.values().removeIf(instance -> !configured.contains(instance.id()) && instance.inFlight() == 0);
    }

    private void closeWatches() {
        watches.forEach(AddressWatch::close);
        watches.clear();
    }
}
