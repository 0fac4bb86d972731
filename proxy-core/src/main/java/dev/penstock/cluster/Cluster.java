// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import dev.penstock.admission.RetryAdvice;
import dev.penstock.admission.StreamPermit;
import dev.penstock.cluster.Pick.Leased;
import dev.penstock.cluster.Pick.NoneHealthy;
import dev.penstock.cluster.Pick.Saturated;
import dev.penstock.config.ClusterConfig;
import dev.penstock.config.HealthConfig;
import dev.penstock.config.HealthConfig.AllUnhealthy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Instances that serve the same thing, as one generation of the configuration sees them. A pick looks at every instance as it
 * is at that moment, chooses, and takes the slot; there is no list of usable instances that could be out of date. Instances
 * with a lower priority number come first; the next tier is asked only when the former has none that is usable and free.
 *
 * <p>Thread-safe: the list of members is replaced whole; everything else guards itself.
 */
public final class Cluster {
    private static final double LEAST_RAMP = 0.1;

    private final ClusterConfig config;
    private final Balancer balancer;
    private final ClusterHealth health;
    private final RetryBudget retryBudget;
    private final Surroundings surroundings;
    private final RetryAdvice advice;

    /** By tier, the first to be asked first. Replaced when DNS says so; read by every pick. */
    private volatile List<List<Member>> tiers;

    Cluster(
            ClusterConfig config,
            List<Member> members,
            ClusterHealth health,
            RetryBudget retryBudget,
            Surroundings surroundings) {
        this.config = config;
        this.balancer = Balancer.of(config.balancer(), surroundings.nanoTime(), surroundings.random());
        this.health = health;
        this.retryBudget = retryBudget;
        this.surroundings = surroundings;
        this.advice = new RetryAdvice(surroundings.random());
        this.tiers = tiersOf(members);
    }

    public String name() {
        return config.name();
    }

    public ClusterConfig config() {
        return config;
    }

    public RetryBudget retryBudget() {
        return retryBudget;
    }

    /** In the order of tiers. */
    public List<Member> members() {
        return tiers.stream().flatMap(List::stream).toList();
    }

    /** What an operator sees. */
    public ClusterView view() {
        String kind = config.balancer().getClass().getSimpleName();
        return new ClusterView(name(), kind, members().stream().map(this::view).toList());
    }

    /** Chooses a usable instance and takes its slot in one step, or says why not; never waits. */
    public Pick pick(PickRequest request) {
        boolean anyone = takesAnyone();
        Optional<InstanceLease> lease = lease(request, anyone, true).or(() -> lease(request, anyone, false));
        if (lease.isPresent()) {
            return new Leased(lease.get());
        }
        return candidates(members(), request, anyone).isEmpty()
                ? new NoneHealthy(advice.after(recovery()))
                : new Saturated(advice.after(secondsUntilSlot()));
    }

    /** Whether a pick would find somebody now, who has not asked to be left alone. */
    public boolean offers(PickRequest request) {
        List<Candidate> candidates = candidates(members(), request, takesAnyone());
        candidates.removeIf(this::isAvoided);
        return candidates.stream()
                .anyMatch(candidate -> candidate.instance().limiter().available() > 0);
    }

    /** When nobody is usable, and the configuration prefers trying to refusing. */
    private boolean takesAnyone() {
        return config.health().allUnhealthy() == AllUnhealthy.TRY_ALL
                && members().stream().noneMatch(member -> serves(member) && usable(member));
    }

    private boolean isAvoided(Candidate candidate) {
        return candidate.instance().isAvoided(surroundings.nanoTime().getAsLong());
    }

    /** Tier by tier, at first without those who have asked to be left alone for a while. */
    private Optional<InstanceLease> lease(PickRequest request, boolean anyone, boolean sparing) {
        for (List<Member> tier : tiers) {
            List<Candidate> candidates = candidates(tier, request, anyone);
            candidates.removeIf(candidate -> sparing && isAvoided(candidate));
            Optional<InstanceLease> lease = lease(candidates, request, anyone);
            if (lease.isPresent()) {
                return lease;
            }
        }
        return Optional.empty();
    }

    private Optional<InstanceLease> lease(List<Candidate> candidates, PickRequest request, boolean anyone) {
        candidates.removeIf(candidate -> candidate.instance().limiter().available() == 0);
        while (!candidates.isEmpty()) {
            Candidate chosen = balancer.choose(candidates, request);
            Optional<InstanceLease> lease = take(chosen.member(), anyone);
            if (lease.isPresent()) {
                return lease;
            }
            candidates.remove(chosen);
        }
        return Optional.empty();
    }

    ClusterHealth health() {
        return health;
    }

    void replaceMembers(List<Member> members) {
        tiers = tiersOf(members);
    }

    private List<Candidate> candidates(List<Member> tier, PickRequest request, boolean anyone) {
        List<Candidate> candidates = new ArrayList<>(tier.size());
        for (Member member : tier) {
            if (serves(member) && !request.excluded().contains(member.id()) && (anyone || usable(member))) {
                candidates.add(new Candidate(member, ramp(member)));
            }
        }
        return candidates;
    }

    private static boolean serves(Member member) {
        return member.weight() > 0 && !member.instance().drained();
    }

    /** Whether a pick could choose it now, were it not for its cap. */
    boolean usable(Member member) {
        Health now = health.current(member.instance());
        return now.usable(config.health().assume())
                && (!now.onTrial() || member.instance().trialFree(now.epoch()));
    }

    private InstanceView view(Member member) {
        Instance instance = member.instance();
        Health now = health.current(instance);
        return new InstanceView(
                instance.id().name(),
                instance.id().url().toString(),
                now.status(),
                serves(member) && usable(member),
                instance.drained(),
                now.since(),
                now.why(),
                member.weight(),
                member.priority(),
                instance.inFlight(),
                instance.limiter().limit(),
                now.standing().failures(),
                now.standing().ejections(),
                now.ejectedFor(surroundings.nanoTime().getAsLong()),
                instance.lastProbe());
    }

    private double ramp(Member member) {
        return config.health()
                .slowStart()
                .map(time ->
                        member.instance().health().ramp(surroundings.nanoTime().getAsLong(), time, LEAST_RAMP))
                .orElse(1.0);
    }

    /** Looks once more: what was usable when the candidates were listed may have been ejected, or given away, since. */
    private Optional<InstanceLease> take(Member member, boolean anyone) {
        Instance instance = member.instance();
        Health now = health.current(instance);
        boolean trial = now.onTrial() && instance.takeTrial(now.epoch());
        if (!anyone && (!now.usable(config.health().assume()) || now.onTrial() != trial)) {
            return Optional.empty();
        }
        Optional<StreamPermit> permit = instance.limiter().tryAcquire();
        if (permit.isEmpty() && trial) {
            instance.endTrial(now.epoch());
        }
        return permit.map(slot -> new InstanceLease(member, slot, health, now.epoch(), trial));
    }

    private double secondsUntilSlot() {
        return members().stream()
                .filter(Cluster::serves)
                .mapToDouble(member -> member.instance().limiter().secondsUntilReleased(1))
                .min()
                .orElse(0);
    }

    private Duration recovery() {
        long nanos = surroundings.nanoTime().getAsLong();
        return members().stream()
                .filter(Cluster::serves)
                .map(member -> recovery(member.instance().health(), nanos))
                .min(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    private Duration recovery(Health state, long nanos) {
        HealthConfig rules = config.health();
        return switch (state.status()) {
            case EJECTED -> state.ejectedFor(nanos);
            case UNHEALTHY ->
                rules.active()
                        .interval()
                        .multipliedBy(Math.max(
                                1,
                                rules.active().healthyAfter() - state.verdict().good()));
            case UNKNOWN -> rules.active().interval();
            case HEALTHY -> Duration.ZERO;
        };
    }

    private static List<List<Member>> tiersOf(List<Member> members) {
        TreeMap<Integer, List<Member>> byPriority = new TreeMap<>();
        members.forEach(member -> byPriority
                .computeIfAbsent(member.priority(), key -> new ArrayList<>())
                .add(member));
        return byPriority.values().stream().map(List::copyOf).toList();
    }
}
