// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import dev.penstock.config.ActiveHealthConfig;
import dev.penstock.config.HealthConfig.Assume;
import dev.penstock.config.PassiveHealthConfig;
import java.time.Duration;
import java.time.Instant;

/**
 * What is known of one instance: the verdict of probes, the standing that real streams have given it, and since when its
 * share grows again. Each method gives the state that follows; {@link ClusterHealth} swaps it in.
 *
 * <p>The epoch counts ejections and readmissions. A stream that began in another epoch says nothing about this one: thirty
 * streams that fail together eject once, and what was relayed before an ejection neither ends nor extends it. Immutable.
 */
record Health(Verdict verdict, Standing standing, int epoch, long rampStart, boolean ramps, Instant since, String why) {

    /** What probes say, and how many in a row have said otherwise or the same. Immutable. */
    record Verdict(HealthStatus status, int good, int bad) {}

    /**
     * What real streams say. {@code changed} is the ticker's reading at which the phase began, or at which an ejection ends
     * while the instance is out. Immutable.
     */
    record Standing(Phase phase, int failures, int ejections, long changed) {}

    /** Where an instance is between ejection and full trust. */
    enum Phase {
        IN,
        OUT,
        /** The ejection is over: one stream at a time, until one of them has brought a first token. */
        TRIAL,
        /** A first token came; still one failure ejects again, until a stream succeeds. */
        PROVING
    }

    static Health unknown(Moment now, boolean ramps) {
        return new Health(
                new Verdict(HealthStatus.UNKNOWN, 0, 0),
                new Standing(Phase.IN, 0, 0, now.nanos()),
                0,
                now.nanos(),
                ramps,
                now.wall(),
                "not seen yet");
    }

    HealthStatus status() {
        return standing.phase == Phase.OUT ? HealthStatus.EJECTED : verdict.status;
    }

    boolean usable(Assume assume) {
        return switch (status()) {
            case HEALTHY -> true;
            case UNKNOWN -> assume == Assume.USABLE;
            case UNHEALTHY, EJECTED -> false;
        };
    }

    boolean onTrial() {
        return standing.phase == Phase.TRIAL;
    }

    /** The state as of now: an ejection whose time is over has become a trial, whether or not anybody noticed. */
    Health at(Moment now) {
        if (!ejectionOver(now.nanos())) {
            return this;
        }
        Standing trial = new Standing(Phase.TRIAL, standing.failures, standing.ejections, now.nanos());
        return new Health(verdict, trial, epoch + 1, rampStart, ramps, now.wall(), "ejection over, on trial");
    }

    boolean ejectionOver(long nanos) {
        return standing.phase == Phase.OUT && nanos - standing.changed >= 0;
    }

    /** Time until the ejection ends; zero when there is none. */
    Duration ejectedFor(long nanos) {
        return standing.phase == Phase.OUT ? Duration.ofNanos(Math.max(0, standing.changed - nanos)) : Duration.ZERO;
    }

    /** Share of its weight that the instance gets, while it recovers over the given time. */
    double ramp(long nanos, Duration slowStart, double least) {
        long elapsed = nanos - rampStart;
        boolean whole = !ramps || elapsed >= slowStart.toNanos();
        return whole ? 1 : Math.max(least, elapsed / (double) slowStart.toNanos());
    }

    Health probedWell(ActiveHealthConfig config, Moment now) {
        int good = verdict.good + 1;
        return switch (verdict.status) {
            case UNKNOWN -> judged(HealthStatus.HEALTHY, good, 0, now, "first probe passed");
            case UNHEALTHY -> good < config.healthyAfter() ? counted(good, 0) : recovered(good, now);
            case HEALTHY, EJECTED -> counted(good, 0);
        };
    }

    Health probedBadly(ActiveHealthConfig config, String reason, Moment now) {
        int bad = verdict.bad + 1;
        return verdict.status == HealthStatus.UNHEALTHY || bad < config.unhealthyAfter()
                ? counted(0, bad)
                : judged(HealthStatus.UNHEALTHY, 0, bad, now, bad + " probes failed: " + reason);
    }

    /** Without probes nobody would ever lift their verdict. */
    Health unprobed(Moment now) {
        return verdict.status == HealthStatus.UNHEALTHY
                ? judged(HealthStatus.UNKNOWN, 0, 0, now, "probes were switched off")
                : this;
    }

    /** A stream of this epoch brought a first token: others may follow, at a growing rate. */
    Health broughtFirstToken(Moment now) {
        if (standing.phase != Phase.TRIAL) {
            return this;
        }
        Standing proving = new Standing(Phase.PROVING, standing.failures, standing.ejections, now.nanos());
        return new Health(verdict, proving, epoch, now.nanos(), true, now.wall(), "first token after an ejection");
    }

    /** A stream of this epoch completed. It ends even an ejection: whoever tries all has found out that it works. */
    Health succeeded(Moment now) {
        Health cleared = standing.phase == Phase.IN ? cleared() : readmitted(now);
        return cleared.verdict.status == HealthStatus.UNKNOWN
                ? cleared.judged(HealthStatus.HEALTHY, verdict.good, verdict.bad, now, "first stream succeeded")
                : cleared;
    }

    /** A stream of this epoch failed; ejects if that was one too many and the cluster can spare the instance. */
    Health failed(PassiveHealthConfig config, String reason, boolean spare, Moment now) {
        int failures = standing.failures + 1;
        boolean oneTooMany = switch (standing.phase) {
            case IN -> failures >= config.failures().orElse(Integer.MAX_VALUE);
            case TRIAL, PROVING -> config.failures().isPresent();
            case OUT -> false;
        };
        if (oneTooMany && spare) {
            return ejected(config, failures, reason, now);
        }
        Standing counted = new Standing(standing.phase, failures, standing.ejections, standing.changed);
        return new Health(verdict, counted, epoch, rampStart, ramps, since, why);
    }

    private Health ejected(PassiveHealthConfig config, int failures, String reason, Moment now) {
        int times = rememberedEjections(config.eject(), now) + 1;
        Duration grown = config.eject().multipliedBy(times);
        Duration length = grown.compareTo(config.maxEject()) < 0 ? grown : config.maxEject();
        Standing out = new Standing(Phase.OUT, failures, times, now.nanos() + length.toNanos());
        String text = failures + " failures in a row, the last: " + reason;
        return new Health(verdict, out, epoch + 1, rampStart, ramps, now.wall(), text);
    }

    /** Of its ejections one is forgotten for each length of an ejection spent in full standing. */
    private int rememberedEjections(Duration eject, Moment now) {
        if (standing.phase != Phase.IN || standing.ejections == 0) {
            return standing.ejections;
        }
        long forgotten = now.since(standing.changed).toNanos() / Math.max(1, eject.toNanos());
        return (int) Math.max(0, standing.ejections - forgotten);
    }

    private Health cleared() {
        if (standing.failures == 0) {
            return this;
        }
        Standing clear = new Standing(Phase.IN, 0, standing.ejections, standing.changed);
        return new Health(verdict, clear, epoch, rampStart, ramps, since, why);
    }

    private Health readmitted(Moment now) {
        long start = standing.phase == Phase.PROVING ? rampStart : now.nanos();
        Standing in = new Standing(Phase.IN, 0, standing.ejections, now.nanos());
        int next = standing.phase == Phase.OUT ? epoch + 1 : epoch;
        return new Health(verdict, in, next, start, true, now.wall(), "a stream succeeded after an ejection");
    }

    private Health counted(int good, int bad) {
        return new Health(new Verdict(verdict.status, good, bad), standing, epoch, rampStart, ramps, since, why);
    }

    private Health judged(HealthStatus status, int good, int bad, Moment now, String reason) {
        return new Health(new Verdict(status, good, bad), standing, epoch, rampStart, ramps, now.wall(), reason);
    }

    private Health recovered(int good, Moment now) {
        Verdict healthy = new Verdict(HealthStatus.HEALTHY, good, 0);
        return new Health(healthy, standing, epoch, now.nanos(), true, now.wall(), good + " probes passed");
    }
}
