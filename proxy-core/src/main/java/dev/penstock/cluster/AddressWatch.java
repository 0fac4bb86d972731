// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import dev.penstock.config.ClusterConfig;
import dev.penstock.config.InstanceConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Looks up the host names of one cluster again and again. A name that cannot be found keeps its last addresses: a failing
 * resolver empties no cluster. Thread-safe: one virtual thread looks up, a latch stops it.
 */
final class AddressWatch implements AutoCloseable {
    private final ClusterRegistry registry;
    private final HostResolver resolver;
    private final ClusterConfig config;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;

    AddressWatch(ClusterRegistry registry, HostResolver resolver, ClusterConfig config) {
        this.registry = registry;
        this.resolver = resolver;
        this.config = config;
        this.thread = Thread.ofVirtual().name("dns-" + config.name()).unstarted(this::follow);
    }

    static String host(InstanceConfig instance) {
        return Optional.ofNullable(instance.url().getHost()).orElse("");
    }

    void start() {
        thread.start();
    }

    /** Does not wait for a look-up that is on its way; what it finds is dropped. */
    @Override
    public void close() {
        stopped.countDown();
        thread.interrupt();
    }

    private void follow() {
        Duration refresh = config.dns().orElseThrow().refresh();
        Map<String, List<InetAddress>> last = Map.of();
        try {
            do {
                Map<String, List<InetAddress>> found = lookUp();
                if (!found.equals(last) && stopped.getCount() > 0) {
                    registry.resolved(found);
                    last = found;
                }
            } while (!stopped.await(TimeUnit.NANOSECONDS.convert(refresh), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Map<String, List<InetAddress>> lookUp() {
        Map<String, List<InetAddress>> found = new HashMap<>();
        for (InstanceConfig instance : config.instances()) {
            String host = host(instance);
            List<InetAddress> addresses = literal(host) ? List.of() : addresses(host);
            if (!addresses.isEmpty()) {
                found.put(host, addresses);
            }
        }
        return found;
    }

    private List<InetAddress> addresses(String host) {
        try {
            return resolver.resolve(host).stream()
                    .distinct()
                    .sorted(Comparator.comparing(InetAddress::getAddress, Arrays::compareUnsigned))
                    .toList();
        } catch (UnknownHostException e) {
            return List.of();
        }
    }

    private static boolean literal(String host) {
        try {
            var _ = InetAddress.ofLiteral(host);
            return true;
        } catch (IllegalArgumentException name) {
            return false;
        }
    }
}
