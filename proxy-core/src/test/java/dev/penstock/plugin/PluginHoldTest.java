// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.penstock.spi.StreamFilter;
import dev.penstock.spi.StreamOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class PluginHoldTest {

    @Test
    void noStreamDoesWithoutPluginsOnceTheyAreClosed() throws InterruptedException {
        try (var chain = new ChainFixture()) {
            chain.filter("guard", true, () -> new StreamFilter() {});
            PluginSet set = chain.set();
            set.close();
            assertThat(set.awaitClosed(ChainFixture.LONG)).isTrue();
            assertThat(set.hold()).isEmpty();
            assertThatIllegalStateException()
                    .isThrownBy(() -> set.open(ChainFixture.opening("late"), (hooks, failure) -> {}));
        }
    }

    @Test
    void aSetThatIsHeldOutlivesItsReplacementAndCanStillBeOpened() throws InterruptedException {
        try (var chain = new ChainFixture()) {
            chain.filter("guard", true, () -> new StreamFilter() {});
            PluginSet set = chain.set();
            PluginHold hold = set.hold().orElseThrow();
            set.close();
            StreamHooks hooks = hold.open(ChainFixture.opening("s"), (stuck, failure) -> {});
            hold.close();
            hold.close();
            assertThat(set.isClosed()).isFalse();
            assertThat(set.users()).isEqualTo(1);
            hooks.finish(ChainFixture.ended(StreamOutcome.Kind.COMPLETED), ChainFixture.FACTS);
            assertThat(set.awaitClosed(ChainFixture.LONG)).isTrue();
        }
    }

    /** As an exchange does: the set in force, or the next one if that is over. */
    private static PluginHold holdOf(AtomicReference<PluginSet> current) {
        while (true) {
            Optional<PluginHold> hold = current.get().hold();
            if (hold.isPresent()) {
                return hold.get();
            }
        }
    }

    @Test
    void everyStreamAcrossReloadsHasPluginsAndEveryOldSetCloses() throws InterruptedException {
        try (var first = new ChainFixture()) {
            AtomicInteger without = new AtomicInteger();
            AtomicBoolean stop = new AtomicBoolean();
            first.filter("guard", true, () -> new StreamFilter() {});
            var current = new AtomicReference<>(first.set());
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                threads.add(Thread.ofVirtual().start(() -> {
                    while (!stop.get()) {
                        StreamHooks hooks;
                        try (PluginHold hold = holdOf(current)) {
                            hooks = hold.open(ChainFixture.opening("s"), (stuck, failure) -> {});
                        }
                        without.addAndGet(hooks == StreamHooks.none() ? 1 : 0);
                        hooks.finish(ChainFixture.ended(StreamOutcome.Kind.COMPLETED), ChainFixture.FACTS);
                    }
                }));
            }
            List<PluginSet> old = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                PluginSet before = current.getAndSet(first.newSet());
                before.close();
                old.add(before);
            }
            stop.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(without).hasValue(0);
            for (PluginSet set : old) {
                assertThat(set.awaitClosed(Duration.ofSeconds(20))).isTrue();
            }
            current.get().close();
        }
    }
}
