// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** Both clocks, standing still until a test moves them. Thread-safe: one atomic number. */
final class FakeTime {
    private final AtomicLong nanos = new AtomicLong();

    long nanos() {
        return nanos.get();
    }

    Instant wall() {
        return Instant.EPOCH.plusNanos(nanos.get());
    }

    void advance(Duration by) {
        nanos.addAndGet(by.toNanos());
    }
}
