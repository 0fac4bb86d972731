// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.penstock.spi.StreamFilter;
import dev.penstock.spi.StreamOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class PluginsTest {

    @Test
    void noStreamDoesWithoutPluginsOnceTheyAreClosed() throws InterruptedException {
        try (var chain = new ChainFixture()) {
            chain.filter("guard", true, () -> new StreamFilter() {});
            Plugins plugins = chain.plugins();
            plugins.close();
            assertThat(plugins.current().awaitClosed(ChainFixture.LONG)).isTrue();
            assertThatIllegalStateException()
                    .isThrownBy(() -> plugins.open(ChainFixture.opening("late"), (hooks, failure) -> {}));
        }
    }

    @Test
    void everyStreamAcrossReloadsHasPluginsAndEveryOldSetCloses() throws InterruptedException {
        try (var first = new ChainFixture()) {
            AtomicInteger without = new AtomicInteger();
            AtomicBoolean stop = new AtomicBoolean();
            first.filter("guard", true, () -> new StreamFilter() {});
            Plugins plugins = first.plugins();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                threads.add(Thread.ofVirtual().start(() -> {
                    while (!stop.get()) {
                        StreamHooks hooks = plugins.open(ChainFixture.opening("s"), (stuck, failure) -> {});
                        without.addAndGet(hooks == StreamHooks.none() ? 1 : 0);
                        hooks.finish(ChainFixture.ended(StreamOutcome.Kind.COMPLETED), ChainFixture.FACTS);
                    }
                }));
            }
            List<PluginSet> old = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                old.add(plugins.current());
                plugins.replace(first.newSet());
            }
            stop.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(without).hasValue(0);
            for (PluginSet set : old) {
                assertThat(set.awaitClosed(Duration.ofSeconds(20))).isTrue();
            }
            plugins.close();
        }
    }
}
