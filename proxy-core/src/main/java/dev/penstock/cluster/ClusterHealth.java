// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import dev.penstock.config.HealthConfig;
import dev.penstock.config.PassiveHealthConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where all evidence about a cluster's instances arrives, from streams of whatever generation, and the only writer of their
 * health. It survives reloads with the cluster's name, so that the cap on the ejected share holds across them. Transitions are
 * told outside the monitor.
 *
 * <p>Guarded by this: config, members, and every transition of an instance's health; picks read the health without it.
 */
final class ClusterHealth {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterHealth.class);

    /** An instance that asks for more than this is tried again all the same. */
    private static final Duration LONGEST_PATIENCE = Duration.ofMinutes(1);

    private final Surroundings surroundings;
    private HealthConfig config;
    private List<Member> members = List.of();

    ClusterHealth(HealthConfig config, Surroundings surroundings) {
        this.config = config;
        this.surroundings = surroundings;
    }

    /** From now on these rules hold, for these instances. */
    void adopt(HealthConfig newConfig, List<Member> newMembers) {
        synchronized (this) {
            config = newConfig;
            members = List.copyOf(newMembers);
        }
        if (!newConfig.active().enabled()) {
            newMembers.forEach(member -> change(member.instance(), health -> health.unprobed(surroundings.now())));
        }
    }

    void succeeded(Instance instance, int epoch) {
        change(instance, health -> health.epoch() == epoch ? health.succeeded(surroundings.now()) : health);
    }

    void failed(Instance instance, int epoch, Evidence evidence, String detail) {
        String reason = evidence.word() + " (" + detail + ")";
        change(
                instance,
                health -> health.epoch() == epoch
                        ? health.failed(config.passive(), reason, spare(instance), surroundings.now())
                        : health);
    }

    void firstToken(Instance instance, int epoch, Duration after) {
        instance.timeToFirstToken().observe(after, surroundings.nanoTime().getAsLong());
        if (instance.health().onTrial()) {
            change(instance, health -> health.epoch() == epoch ? health.broughtFirstToken(surroundings.now()) : health);
        }
    }

    /** Brought nothing so far; that is no first token, so a trial goes on. */
    void gaveNothing(Instance instance, Duration soFar) {
        instance.timeToFirstToken().atLeast(soFar, surroundings.nanoTime().getAsLong());
    }

    /** Asks for patience; that is no failure, so it does not change the health. */
    void asked(Instance instance, Duration time) {
        Duration bounded = time.compareTo(LONGEST_PATIENCE) < 0 ? time : LONGEST_PATIENCE;
        instance.avoidUntil(surroundings.nanoTime().getAsLong() + bounded.toNanos());
    }

    void probed(Instance instance, ProbeResult result) {
        change(instance, health -> switch (result) {
            case ProbeResult.Passed _ -> health.probedWell(config.active(), surroundings.now());
            case ProbeResult.Failed(String why) -> health.probedBadly(config.active(), why, surroundings.now());
        });
    }

    /** The health as of now; if an ejection has just run out, this is where it is noticed. */
    Health current(Instance instance) {
        Health health = instance.health();
        return health.ejectionOver(surroundings.nanoTime().getAsLong())
                ? change(instance, UnaryOperator.identity())
                : health;
    }

    private Health change(Instance instance, UnaryOperator<Health> step) {
        Optional<HealthTransition> transition;
        Health after;
        synchronized (this) {
            Health before = instance.health();
            Health now = before.at(surroundings.now());
            after = step.apply(now);
            instance.health(after);
            transition = transition(instance, before, after);
        }
        transition.ifPresent(this::tell);
        return after;
    }

    /** Neither a probe's rounds nor a stream may end because somebody who was told of it failed. */
    private void tell(HealthTransition transition) {
        try {
            surroundings.listener().onTransition(transition);
        } catch (RuntimeException e) {
            LOG.error("a listener failed on {}", transition, e);
        }
    }

    private static Optional<HealthTransition> transition(Instance instance, Health before, Health after) {
        return before.status() == after.status()
                ? Optional.empty()
                : Optional.of(new HealthTransition(
                        instance.id(), before.status(), after.status(), after.why(), after.since()));
    }

    /**
     * Whether one more may be ejected: the configured share of the instances that get traffic, rounded down, but at least one
     * of several. A lone instance is ejected only where all may be: refusing at once what would probably fail must be asked for.
     */
    private boolean spare(Instance instance) {
        PassiveHealthConfig passive = config.passive();
        long nanos = surroundings.nanoTime().getAsLong();
        List<Member> serving =
                members.stream().filter(member -> member.weight() > 0).toList();
        long out = serving.stream()
                .map(Member::instance)
                .filter(other -> other != instance)
                .filter(other -> other.health().status() == HealthStatus.EJECTED)
                .filter(other -> !other.health().ejectionOver(nanos))
                .count();
        int share = serving.size() * passive.maxEjected().value() / 100;
        return out < (serving.size() > 1 ? Math.max(1, share) : share);
    }
}
