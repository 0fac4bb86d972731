// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class LeakCheckTest {
    @Test
    void aThreadThatBeganSinceIsNamedUntilItHasEnded() throws InterruptedException {
        LeftThreads threads = LeftThreads.sinceNow();
        var gate = new CountDownLatch(1);
        Thread left = Thread.ofPlatform().name("left-behind").start(() -> {
            try {
                gate.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertThat(threads.running()).containsExactly("left-behind");
        gate.countDown();
        left.join();
        assertThat(threads.names()).isEmpty();
    }

    @Test
    void aStreamThatIsStillThereIsALeakUntilItIsOver() throws Exception {
        var gate = new CountDownLatch(1);
        try (TestingUpstream upstream = TestingUpstream.waiting(gate);
                TestingProxy proxy = TestingProxy.start("""
                    clusters: [{name: testing, instances: [{url: "%s"}]}]
                    routes: [{cluster: testing}]
                    """.formatted(upstream.url()))) {
            Thread client = Thread.ofVirtual().start(() -> {
                try {
                    proxy.send(HarnessRequest.openAiChat("m", "hello"));
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            while (upstream.bodies().isEmpty()) {
                Thread.onSpinWait();
            }
            assertThat(LeakCheck.held(proxy))
                    .contains("penstock_streams_active is 1.0", "penstock_upstream_in_flight is 1.0")
                    .anySatisfy(leak -> assertThat(leak).contains("permits are not back"));
            gate.countDown();
            client.join();
            assertThat(LeakCheck.settled(() -> LeakCheck.held(proxy))).isEmpty();
        }
    }
}
