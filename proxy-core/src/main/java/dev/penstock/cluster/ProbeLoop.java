// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import dev.penstock.cluster.ProbeResult.Failed;
import dev.penstock.cluster.ProbeResult.Passed;
import dev.penstock.config.ActiveHealthConfig;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Probes one instance, at the configured rate with a tenth of jitter. Each probe has a thread of its own, and its time is
 * bounded here too: one that neither answers nor gives up counts as failed, and again with every round, and no other is sent
 * beside it.
 *
 * <p>Thread-safe: one virtual thread runs the rounds, a latch stops it, and what to probe is replaced whole.
 */
final class ProbeLoop {
    private static final Duration GRACE = Duration.ofMillis(50);
    private static final double JITTER = 0.1;

    private final Probe probe;
    private final Surroundings surroundings;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;

    /** Written by reload; read by each round. */
    private volatile Target target;

    /** The newest probe's thread; used by the loop's own thread only. */
    private Thread asking = Thread.ofVirtual().unstarted(() -> {});

    ProbeLoop(Probe probe, Cluster cluster, Member member, Surroundings surroundings) {
        this.probe = probe;
        this.surroundings = surroundings;
        this.target = new Target(cluster, member);
        this.thread = Thread.ofVirtual().name("health-" + member.id()).unstarted(this::run);
    }

    /** Whom to probe, and by which generation's rules. Immutable. */
    private record Target(Cluster cluster, Member member) {

        ActiveHealthConfig rules() {
            return cluster.config().health().active();
        }
    }

    void start() {
        thread.start();
    }

    void follow(Cluster cluster, Member member) {
        target = new Target(cluster, member);
    }

    void stop() {
        stopped.countDown();
        thread.interrupt();
    }

    void join(Duration patience) {
        try {
            thread.join(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            long pause = (long) (nanos(target.rules().interval())
                    * JITTER
                    * surroundings.random().getAsDouble());
            while (!stopped.await(pause, TimeUnit.NANOSECONDS)) {
                long begun = System.nanoTime();
                round();
                pause = spread(target.rules().interval()) - (System.nanoTime() - begun);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            asking.interrupt();
        }
    }

    private void round() throws InterruptedException {
        Target now = target;
        long begun = surroundings.nanoTime().getAsLong();
        ProbeResult result = asking.isAlive() ? new Failed("the last probe still hangs") : ask(now);
        Moment ended = surroundings.now();
        String detail = result instanceof Failed(String why) ? why : "passed";
        now.member
                .instance()
                .lastProbe(new LastProbe(ended.wall(), result instanceof Passed, detail, ended.since(begun)));
        now.cluster.health().probed(now.member.instance(), result);
    }

    private ProbeResult ask(Target now) throws InterruptedException {
        FutureTask<ProbeResult> answer = new FutureTask<>(() -> probe.probe(now.cluster.config(), now.member));
        asking = Thread.ofVirtual().name("probe-" + now.member.id()).start(answer);
        Duration timeout = now.rules().timeout();
        try {
            return answer.get(nanos(timeout.plus(GRACE)), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            asking.interrupt();
            return new Failed("no answer within " + timeout.toMillis() + "ms");
        } catch (ExecutionException e) {
            return new Failed("the probe broke: " + name(e));
        }
    }

    private static String name(ExecutionException failure) {
        return Optional.ofNullable(failure.getCause())
                .map(cause -> cause.getClass().getSimpleName())
                .orElse("no cause");
    }

    private long spread(Duration interval) {
        return (long) (nanos(interval)
                * (1 - JITTER + 2 * JITTER * surroundings.random().getAsDouble()));
    }

    private static long nanos(Duration duration) {
        return TimeUnit.NANOSECONDS.convert(duration);
    }
}
