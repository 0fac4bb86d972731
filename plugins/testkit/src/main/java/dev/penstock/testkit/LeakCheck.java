// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * After each test: nothing of its streams is left in the proxies that it used, and nothing of the proxies in this process. It
 * closes the proxies itself, because a gauge can only be asked while there is one.
 *
 * <pre>{@code
 * @RegisterExtension
 * final LeakCheck leaks = new LeakCheck();
 *
 * @Test
 * void streams() throws Exception {
 *     TestingProxy proxy = leaks.watch(TestingProxy.start(yaml));
 *     ...
 * }
 * }</pre>
 *
 * <p>Thread-safe: a concurrent queue; the rest belongs to the test's thread.
 */
public final class LeakCheck implements BeforeEachCallback, AfterEachCallback {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final long TICK = 10_000_000;
    private static final List<String> GAUGES = List.of(
            "penstock_streams_active",
            "penstock_requests_in_flight",
            "penstock_queue_depth",
            "penstock_upstream_in_flight",
            "penstock_plugins_stuck",
            "penstock_streams_drift");

    private final Queue<TestingProxy> proxies = new ConcurrentLinkedQueue<>();
    private LeftThreads threads = LeftThreads.sinceNow();

    /** The proxy is looked at, and closed, after the test. */
    public TestingProxy watch(TestingProxy proxy) {
        proxies.add(proxy);
        return proxy;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        threads = LeftThreads.sinceNow();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        List<String> leaks = new ArrayList<>();
        for (TestingProxy proxy = proxies.poll(); proxy != null; proxy = proxies.poll()) {
            TestingProxy one = proxy;
            leaks.addAll(settled(() -> held(one)));
            one.close();
        }
        threads.names().forEach(name -> leaks.add("thread " + name + " still runs"));
        if (!leaks.isEmpty()) {
            throw new AssertionError("left after the test:\n  " + String.join("\n  ", leaks));
        }
    }

    /** What a proxy still holds; streams may take a moment to unwind. */
    static List<String> settled(Supplier<List<String>> held) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        List<String> now = held.get();
        while (!now.isEmpty() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(TICK);
            now = held.get();
        }
        return now;
    }

    static List<String> held(TestingProxy proxy) {
        List<String> held = new ArrayList<>();
        for (String gauge : GAUGES) {
            double value = proxy.metric(gauge);
            if (value != 0) {
                held.add(gauge + " is " + value);
            }
        }
        double missing = proxy.metric("penstock_permits_limit") - proxy.metric("penstock_permits_available");
        if (missing != 0) {
            held.add(missing + " permits are not back");
        }
        return held;
    }
}
