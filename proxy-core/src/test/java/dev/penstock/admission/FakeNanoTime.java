// SPDX-License-Identifier: Apache-2.0
package dev.penstock.admission;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A ticker that stands still until a test moves it. Thread-safe: one atomic number. */
public final class FakeNanoTime implements LongSupplier {
    private final AtomicLong now = new AtomicLong();

    @Override
    public long getAsLong() {
        return now.get();
    }

    public void advance(Duration by) {
        now.addAndGet(by.toNanos());
    }
}
