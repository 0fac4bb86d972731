// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class CallGuardTest {
    private static final int CALLS = 200_000;

    @Test
    void anInterruptNeverLeavesTheCallThatItWasMeantFor() throws InterruptedException {
        var stray = new AtomicInteger();
        var interrupted = new AtomicInteger();
        var done = new AtomicBoolean();
        var guard = new AtomicReference<CallGuard>();
        var ready = new CountDownLatch(1);
        Thread owner = Thread.ofPlatform().start(() -> {
            CallGuard own = new CallGuard(Thread.currentThread(), "s");
            guard.set(own);
            ready.countDown();
            // The interrupter may come late on a busy machine; without it there is nothing to see.
            for (int call = 0; call < CALLS || (interrupted.get() == 0 && call < 1000 * CALLS); call++) {
                own.enter(CallSite.NONE, target(), 0, 0, -1);
                Thread.onSpinWait();
                if (own.leave() == CallGuard.Left.INTERRUPTED) {
                    interrupted.incrementAndGet();
                }
                if (Thread.currentThread().isInterrupted()) {
                    stray.incrementAndGet();
                }
            }
            done.set(true);
        });
        ready.await();
        while (!done.get()) {
            guard.get().interruptIfLate(1, 0);
        }
        owner.join();
        assertThat(stray).hasValue(0);
        assertThat(interrupted).hasPositiveValue();
    }

    @Test
    void aTaskLeftForAfterwardsRunsExactlyOnceOnOneSideOrTheOther() throws InterruptedException {
        for (int round = 0; round < 2000; round++) {
            var ran = new AtomicInteger();
            Opened target = target();
            var entered = new CountDownLatch(1);
            var guard = new AtomicReference<CallGuard>();
            Thread owner = Thread.ofPlatform().start(() -> {
                CallGuard own = new CallGuard(Thread.currentThread(), "s");
                own.enter(CallSite.NONE, target, 0, 0, Long.MAX_VALUE);
                guard.set(own);
                entered.countDown();
                own.leave();
            });
            entered.await();
            if (!guard.get().afterwards(target, ran::incrementAndGet)) {
                ran.incrementAndGet();
            }
            owner.join();
            assertThat(ran).hasValue(1);
        }
    }

    @Test
    void nothingButFinishBeginsAfterACancel() {
        CallGuard guard = new CallGuard(Thread.currentThread(), "s");
        assertThat(guard.cancel(0)).isFalse();
        assertThat(guard.enter(CallSite.NONE, target(), 0, 0, 1)).isFalse();
        assertThat(guard.busy()).isFalse();
        assertThat(guard.enter(new CallSite(null, Phase.FINISH), target(), 0, 0, 1))
                .isTrue();
        assertThat(guard.cancel(0)).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(guard.leave()).isEqualTo(CallGuard.Left.NORMALLY);
    }

    @Test
    void whatTheProcessStoodStillForIsNotHeldAgainstACall() {
        CallGuard guard = new CallGuard(Thread.currentThread(), "s");
        guard.enter(CallSite.NONE, target(), 0, 100, 50);
        assertThat(guard.interruptIfLate(1000, 1100)).isEmpty();
        assertThat(guard.interruptIfLate(1051, 1100)).isPresent();
        assertThat(guard.leave()).isEqualTo(CallGuard.Left.INTERRUPTED);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    private static Opened target() {
        var meters = new RecordingMeters();
        var settings = new ChainEntry.EntrySettings("p", "p", true, PluginBudgets.defaults());
        return new Opened(
                new ChainEntry(
                        settings, new dev.penstock.spi.Plugin() {}, java.util.Set.of(), java.util.Set.of(), meters),
                (outcome, summary) -> {});
    }
}
